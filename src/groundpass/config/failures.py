"""Errors that Django answers by itself go to the door where they happened: a page, or a problem document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from groundpass.doors.rest import problems as documents
from groundpass.doors.web import problems as pages

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

API: Final = "/api/"


def _program(request: HttpRequest) -> bool:
    return request.path.startswith(API)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to a request that cannot be read."""
    return documents.by_status(400) if _program(request) else pages.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to a request for what belongs to somebody else."""
    return documents.by_status(403) if _program(request) else pages.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to an address that leads nowhere."""
    return documents.by_status(404) if _program(request) else pages.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer where we are at fault."""
    return documents.by_status(500) if _program(request) else pages.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer to a form whose secret is missing or old."""
    return documents.by_status(403, reason) if _program(request) else pages.csrf_failure(request, reason)


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Answer to too many wrong passwords."""
    detail = "Wait a quarter of an hour, or ask the administrator for a new password"
    return documents.by_status(429, detail) if _program(request) else pages.locked_out(request)
