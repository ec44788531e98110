"""What the schemas of all entities are made of: types of fields, pages, partial changes."""

import datetime as dt
from typing import Annotated, Any, Generic, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    HttpUrl,
    PlainSerializer,
    ValidationError,
)


def without_nul(text: str) -> str:
    """PostgreSQL stores no NUL character."""
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


def as_utc(moment: dt.datetime) -> dt.datetime:
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("is too far away") from None


PlainText = Annotated[str, AfterValidator(without_nul)]
Int64 = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Email = Annotated[EmailStr, Field(max_length=320)]
Url = Annotated[HttpUrl, AfterValidator(str), PlainSerializer(str, return_type=str)]
Moment = Annotated[AwareDatetime, AfterValidator(as_utc)]
Identifier = Annotated[int, Field(ge=1, le=2**31 - 1)]


class InputSchema(BaseModel):
    """What clients send. A member that is not known is a mistake, and refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class OutputSchema(BaseModel):
    """What clients get of a row."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    created_at: dt.datetime
    updated_at: dt.datetime


class PageParams(BaseModel):
    """Which part of a list is wanted. Subclasses add the columns that it can be filtered by."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0

    def filters(self) -> dict[str, Any]:
        """The columns that are asked for, with their values."""
        return self.model_dump(exclude={"limit", "offset"}, exclude_none=True)


ItemT = TypeVar("ItemT", bound=BaseModel)


class Page(BaseModel, Generic[ItemT]):
    """A part of a list."""

    items: list[ItemT]
    total: int
    limit: int
    offset: int


WholeT = TypeVar("WholeT", bound=BaseModel)


def merged(item: object, changes: BaseModel, whole: type[WholeT]) -> WholeT:
    """What a row is after a partial change, held against the rules for the whole."""
    values = {name: getattr(item, name) for name in whole.model_fields}
    try:
        return whole.model_validate(values | changes.model_dump(exclude_unset=True))
    except ValidationError as error:
        # Answered as any other request that is not valid.
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**problem, "loc": ("body", *problem["loc"])} for problem in problems]) from error
