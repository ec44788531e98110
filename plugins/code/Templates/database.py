"""The database: its engine and sessions, and what all models and all repositories have in common."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel
from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator

from app.core.errors import Conflict, InvalidReference, NotFound
from app.core.schemas import PageParams


class UTCDateTime(TypeDecorator[dt.datetime]):
    """A moment, stored and read as UTC, also by databases that keep no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        moment: dt.datetime = value
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Base(DeclarativeBase):
    """What every table has. Constraints have names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=now, onupdate=now)


def make_engine(url: str) -> Engine:
    """An engine for any database that SQLAlchemy knows; SQLite gets what others do by themselves."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    options: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
    if url in ("sqlite://", "sqlite:///:memory:"):
        # One connection for all: each new one would be a database of its own.
        options["poolclass"] = StaticPool
    engine = create_engine(url, **options)
    event.listen(engine, "connect", enforce_foreign_keys)
    return engine


def enforce_foreign_keys(connection: Any, _record: Any) -> None:
    """SQLite looks at foreign keys only when it is told to."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def session(request: Request) -> Iterator[Session]:
    """One session for each request."""
    with Session(request.app.state.engine) as opened:
        yield opened


DatabaseSession = Annotated[Session, Depends(session)]

ModelT = TypeVar("ModelT", bound=Base)


class Repository(Generic[ModelT]):
    """Reads and writes the rows of one model. A change is committed as a whole or not at all."""

    model: type[ModelT]
    title: ClassVar[str]
    references: ClassVar[Mapping[str, type[Base]]] = {}
    unique: ClassVar[tuple[str, ...]] = ()

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, identifier: int) -> ModelT:
        """Raises `NotFound`."""
        item = self.session.get(self.model, identifier)
        if item is None:
            raise NotFound(f"there is no {self.title} {identifier}")
        return item

    def page(self, params: PageParams) -> tuple[list[ModelT], int]:
        """One page of those that pass the filters, oldest first, and how many there are in all."""
        conditions = [getattr(self.model, name) == value for name, value in params.filters().items()]
        total = self.session.scalar(select(func.count()).select_from(self.model).where(*conditions))
        rows = select(self.model).where(*conditions).order_by(self.model.id)
        items = self.session.scalars(rows.limit(params.limit).offset(params.offset))
        return list(items), total or 0

    def create(self, values: BaseModel) -> ModelT:
        """Raises `InvalidReference` and `Conflict`."""
        return self._save(self.model(), values)

    def update(self, item: ModelT, values: BaseModel) -> ModelT:
        """Raises `InvalidReference` and `Conflict`."""
        return self._save(item, values)

    def delete(self, item: ModelT) -> None:
        """Raises `Conflict` while something refers to it."""
        identifier = item.id
        self.session.delete(item)
        self._commit(f"the {self.title} {identifier} is still referred to")

    def _save(self, item: ModelT, values: BaseModel) -> ModelT:
        columns = values.model_dump()
        for name, target in self.references.items():
            reference = columns[name]
            if reference is not None and self.session.get(target, reference) is None:
                raise InvalidReference(name, f"there is no {target.__tablename__} row {reference}")
        for name, value in columns.items():
            setattr(item, name, value)
        self.session.add(item)
        self._commit(f"another {self.title} has the same {' or '.join(self.unique) or 'key'}")
        self.session.refresh(item)
        return item

    def _commit(self, problem: str) -> None:
        try:
            self.session.commit()
        except IntegrityError as error:
            self.session.rollback()
            raise Conflict(problem) from error
