"""Who may ask, and what browsers are told."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import FastAPI, Request, Response, Security
from fastapi.security import APIKeyHeader
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from app.core.config import Settings
from app.core.errors import Unauthorized

api_key_header = APIKeyHeader(name="X-API-Key", auto_error=False)

RESPONSE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def require_api_key(request: Request, given: Annotated[str | None, Security(api_key_header)] = None) -> None:
    """Lets requests through that show the key. Where none is set, in development, all of them."""
    expected: str = request.app.state.settings.api_key.get_secret_value()
    # Compared in constant time: how long it takes tells nothing about the key.
    if expected and not secrets.compare_digest((given or "").encode(), expected.encode()):
        raise Unauthorized("the header X-API-Key has to hold the key")


async def add_response_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in RESPONSE_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def install_security(app: FastAPI, settings: Settings) -> None:
    """Middleware for hosts, other origins and headers."""
    app.middleware("http")(add_response_headers)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.allowed_hosts)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["DELETE", "GET", "PATCH", "POST"],
            allow_headers=["Content-Type", "X-API-Key"],
        )
