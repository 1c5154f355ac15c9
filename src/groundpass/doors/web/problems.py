"""Errors as pages: each class of the error tree has a status and a heading; the sentence is the error's.

Nothing of how the program works is shown. What nobody foresaw gets a reference that is in the log as well.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

import structlog
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundpass.doors.web.sentences import said
from groundpass.kernel.core.errors import (
    BadInput,
    CannotRun,
    GroundpassError,
    NoRight,
    NotFound,
    NotVerified,
    Refused,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString

_log = structlog.get_logger("groundpass.problem")

# The first class that an error is an instance of decides; the narrower ones come first.
PAGES: Final[tuple[tuple[type[GroundpassError], int, _StrPromise], ...]] = (
    (NoRight, 403, gettext_lazy("This page is not yours to open")),
    (NotFound, 404, gettext_lazy("There is nothing here")),
    (Refused, 409, gettext_lazy("This cannot be done now")),
    (BadInput, 422, gettext_lazy("Something that was given is wrong")),
    (NotVerified, 502, gettext_lazy("Something that came from elsewhere could not be trusted")),
    (CannotRun, 503, gettext_lazy("The register cannot do this at the moment")),
)


def page_of(error: GroundpassError) -> tuple[int, str]:
    """Give the status and the heading of an error."""
    for kind, status, title in PAGES:
        if isinstance(error, kind):
            return status, str(title)
    return 500, _("Something went wrong")


class ProblemPages:
    """Middleware: an error of the tree that a view let through becomes its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - the class says it
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for errors of the tree; leave all others to Django."""
        if not isinstance(exception, GroundpassError):
            return None
        status, title = page_of(exception)
        return problem(request, status, title, said(exception))


def problem(
    request: HttpRequest, status: int, title: str, text: SafeString | str = "", next_step: str = ""
) -> HttpResponse:
    """Draw a page that says what went wrong and what to do."""
    context = {"title": title, "text": text, "next_step": next_step}
    return render(request, "web/problem.html", context, status=status)


def locked_out(request: HttpRequest) -> HttpResponse:
    """Answer to too many wrong passwords."""
    return problem(
        request,
        429,
        _("Too many tries"),
        _("Signing in failed too often under this name from here."),
        _("Wait a quarter of an hour, or ask your administrator for a new password."),
    )


def too_often(request: HttpRequest) -> HttpResponse:
    """Answer to somebody who asks more often than the rate allows."""
    return problem(
        request,
        429,
        _("Too many questions"),
        _("This box was used very often from here in the last minute."),
        _("Wait a minute, then ask again."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer to a form whose secret is missing or old."""
    _log.info("csrf", reason=reason)
    return problem(
        request,
        403,
        _("The form has expired"),
        _("It was open for too long, or the browser keeps no cookies."),
        _("Go back, load the page again, and send the form once more."),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request cannot be read."""
    return problem(request, 400, _("The request does not read"), "", _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a page belongs to somebody else."""
    title = _("This page is not yours to open")
    return problem(request, 403, title, "", _("Ask your administrator if you need it."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that an address leads nowhere."""
    return problem(
        request, 404, _("There is nothing here"), "", _("Check the address, or start at the first page.")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: without the database, the session or the context processors, for any of them may be the fault."""
    reference = secrets.token_hex(4)
    _log.error("server error", reference=reference, exc_info=True)
    return HttpResponse(render_to_string("web/broken.html", {"reference": reference}), status=500)
