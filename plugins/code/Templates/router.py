"""The {{plural_title}} over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, status

from app.core.database import DatabaseSession
from app.core.schemas import Identifier, Page, merged
from app.repositories.{{name}} import {{class}}Repository
from app.schemas.{{name}} import {{class}}Create, {{class}}Filter, {{class}}Read, {{class}}Update

router = APIRouter(prefix="/{{path}}", tags=["{{path}}"])


def make_repository(session: DatabaseSession) -> {{class}}Repository:
    return {{class}}Repository(session)


Repository = Annotated[{{class}}Repository, Depends(make_repository)]


@router.post("", status_code=status.HTTP_201_CREATED)
def create_{{name}}(values: {{class}}Create, repository: Repository) -> {{class}}Read:
    return {{class}}Read.model_validate(repository.create(values))


@router.get("")
def list_{{plural}}(params: Annotated[{{class}}Filter, Query()], repository: Repository) -> Page[{{class}}Read]:
    rows, total = repository.page(params)
    items = [{{class}}Read.model_validate(row) for row in rows]
    return Page(items=items, total=total, limit=params.limit, offset=params.offset)


@router.get("/{identifier}")
def read_{{name}}(identifier: Identifier, repository: Repository) -> {{class}}Read:
    return {{class}}Read.model_validate(repository.get(identifier))


@router.patch("/{identifier}")
def update_{{name}}(identifier: Identifier, changes: {{class}}Update, repository: Repository) -> {{class}}Read:
    row = repository.get(identifier)
    values = merged(row, changes, {{class}}Create)
    return {{class}}Read.model_validate(repository.update(row, values))


@router.delete("/{identifier}", status_code=status.HTTP_204_NO_CONTENT)
def delete_{{name}}(identifier: Identifier, repository: Repository) -> None:
    repository.delete(repository.get(identifier))
