"""Errors, and the one form in which clients see them."""

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

logger = logging.getLogger("app")

Details = list[dict[str, str]]


class ErrorDetail(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class ErrorBody(BaseModel):
    """What has happened: a word for programs, a sentence for people."""

    code: str
    message: str
    details: list[ErrorDetail]


class ErrorAnswer(BaseModel):
    """Every answer that is an error."""

    error: ErrorBody


ERROR_STATUSES = (400, 401, 404, 409, 422)
ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {status: {"model": ErrorAnswer} for status in ERROR_STATUSES}


class AppError(Exception):
    """Something that the client is told; its message must give nothing away."""

    status = 500
    code = "internal"

    def __init__(self, message: str, details: Details | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details or []


class NotFound(AppError):
    """What is asked for does not exist."""

    status = 404
    code = "not_found"


class Conflict(AppError):
    """The change would break what holds between rows."""

    status = 409
    code = "conflict"


class Unauthorized(AppError):
    """The request shows no valid key."""

    status = 401
    code = "unauthorized"


class InvalidReference(AppError):
    """A row is referred to that does not exist."""

    status = 422
    code = "invalid"

    def __init__(self, field: str, message: str) -> None:
        super().__init__("the request is not valid", [{"field": f"body.{field}", "message": message}])


def answer(status: int, code: str, message: str, details: Details | None = None) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message, "details": details or []}}, status_code=status)


def described(errors: Sequence[Any]) -> Details:
    """Field by field. What was sent is not repeated: it may be secret, and need not be valid JSON."""
    return [{"field": ".".join(str(part) for part in error["loc"]), "message": error["msg"]} for error in errors]


async def handle_app_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)
    return answer(error.status, error.code, error.message, error.details)


async def handle_invalid_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return answer(422, "invalid", "the request is not valid", described(error.errors()))


async def handle_http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    response = answer(error.status_code, "http", str(error.detail))
    response.headers.update(error.headers or {})
    return response


async def handle_unexpected(request: Request, error: Exception) -> JSONResponse:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return answer(500, "internal", "the server failed; the reason is in its log")


def install_error_handlers(app: FastAPI) -> None:
    """Makes the application answer every error in this form."""
    app.add_exception_handler(AppError, handle_app_error)
    app.add_exception_handler(RequestValidationError, handle_invalid_request)
    app.add_exception_handler(HTTPException, handle_http_error)
    app.add_exception_handler(Exception, handle_unexpected)
