"""The application. `uvicorn app.main:create_app --factory` serves it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from sqlalchemy import text

from app.core.config import Settings
from app.core.database import Base, DatabaseSession, make_engine
from app.core.errors import ERROR_RESPONSES, install_error_handlers
from app.core.security import install_security, require_api_key
{{router_imports}}

ROUTERS = (
    {{routers}}
)

TITLE = {{title}}
DESCRIPTION = {{about}}


def create_app(settings: Settings | None = None) -> FastAPI:
    """An application with an engine of its own; settings come from the environment unless they are given."""
    settings = settings or Settings()
    engine = make_engine(settings.database_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if settings.create_tables:
            Base.metadata.create_all(engine)
        yield
        engine.dispose()

    app = FastAPI(title=TITLE, description=DESCRIPTION, version="1.0.0", lifespan=lifespan)
    app.state.settings = settings
    app.state.engine = engine
    install_error_handlers(app)
    install_security(app, settings)
    for router in ROUTERS:
        app.include_router(router, prefix="/api", dependencies=[Depends(require_api_key)], responses=ERROR_RESPONSES)
    app.get("/health", tags=["health"])(health)
    return app


def health(session: DatabaseSession) -> dict[str, str]:
    """Whether the server answers and reaches its database."""
    session.execute(text("SELECT 1"))
    return {"status": "ok"}
