"""The {{plural_title}} over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, status

{{app_imports}}

router = APIRouter(prefix="/{{path}}", tags=["{{path}}"])


{{make_repository}}
    return {{class}}Repository(session)


Repository = Annotated[{{class}}Repository, Depends(make_repository)]


@router.post("", status_code=status.HTTP_201_CREATED)
{{create}}
    return {{class}}Read.model_validate(repository.create(values))


@router.get("")
{{list}}
    rows, total = repository.page(params)
    items = [{{class}}Read.model_validate(row) for row in rows]
    return Page(items=items, total=total, limit=params.limit, offset=params.offset)


@router.get("/{identifier}")
{{read}}
    return {{class}}Read.model_validate(repository.get(identifier))


@router.patch("/{identifier}")
{{update}}
    row = repository.get(identifier)
    values = merged(row, changes, {{class}}Create)
    return {{class}}Read.model_validate(repository.update(row, values))


@router.delete("/{identifier}", status_code=status.HTTP_204_NO_CONTENT)
{{delete}}
    repository.delete(repository.get(identifier))
