"""Errors as RFC 9457 problem documents: one table from a class of the error tree to status and type.

`type` is a URN that never changes its meaning; `detail` is the error's own sentence; `todo` is the next step.
`suggestion` (an identifier's likely fix), `place` (of a fault in a polygon) and `problems` (every field of an
application that is wrong) are there where the error knows them. What nobody foresaw says nothing of itself.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from django.http import Http404, HttpResponse
from ninja.errors import HttpError, ValidationError

from groundpass.kernel.core.errors import (
    BadGeometry,
    BadIdentifier,
    BadInput,
    BrakeEngaged,
    CannotRun,
    GroundpassError,
    NoRight,
    NotFound,
    NotVerified,
    Refused,
    SecondPerson,
)

if TYPE_CHECKING:
    from django.http import HttpRequest
    from ninja import NinjaAPI

_log = structlog.get_logger("groundpass.problem")

MEDIA_TYPE: Final = "application/problem+json"
URN: Final = "urn:groundpass:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: HTTP status, the end of its type, its title."""

    status: int
    type: str
    title: str


# The first class that an error is an instance of decides; the narrower ones come first.
TABLE: Final[tuple[tuple[type[GroundpassError], Kind], ...]] = (
    (BadIdentifier, Kind(422, "bad-identifier", "An identifier does not read")),
    (BadGeometry, Kind(422, "bad-geometry", "A polygon does not hold")),
    (BadInput, Kind(422, "bad-input", "What was given is wrong")),
    (NoRight, Kind(403, "no-right", "This person may not do this")),
    (SecondPerson, Kind(409, "second-person", "Another person has to agree")),
    (BrakeEngaged, Kind(409, "brake-engaged", "Too many would lose service for the consents given")),
    (Refused, Kind(409, "refused", "Well formed, and not allowed")),
    (NotFound, Kind(404, "not-found", "No such thing, or not yours to see")),
    (NotVerified, Kind(502, "not-verified", "Bytes are not what their signature claims")),
    (CannotRun, Kind(503, "cannot-run", "The surroundings fail")),
)
BY_STATUS: Final = {
    400: Kind(400, "bad-request", "The request does not read"),
    401: Kind(401, "not-signed-in", "Nobody is signed in"),
    403: Kind(403, "no-right", "This person may not do this"),
    404: Kind(404, "not-found", "No such thing, or not yours to see"),
    405: Kind(405, "method-not-allowed", "This address takes another method"),
    413: Kind(413, "too-large", "The content is too large"),
    415: Kind(415, "unsupported-media-type", "The content is of another type than declared"),
    422: Kind(422, "not-as-declared", "The request is not as the API declares it"),
    429: Kind(429, "too-often", "Asked too often"),
    500: Kind(500, "our-fault", "Something went wrong, and it is our fault"),
}


def kind_of(error: GroundpassError) -> Kind:
    """Give the kind of an error of the tree."""
    for known, kind in TABLE:
        if isinstance(error, known):
            return kind
    return BY_STATUS[500]


def problem(kind: Kind, detail: str = "", **more: Any) -> HttpResponse:  # noqa: ANN401 - members of the document
    """Make the answer; members without a value are left out."""
    document = {"type": URN + kind.type, "title": kind.title, "status": kind.status, "detail": detail, **more}
    filled = {name: value for name, value in document.items() if value not in (None, "", [], ())}
    content = json.dumps(filled, ensure_ascii=False)
    response = HttpResponse(content, status=kind.status, content_type=MEDIA_TYPE)
    if kind.status == BY_STATUS[401].status:
        response["WWW-Authenticate"] = 'Basic realm="Groundpass", charset="UTF-8"'
    return response


def by_status(status: int, detail: str = "") -> HttpResponse:
    """Make the answer for a status alone."""
    return problem(BY_STATUS.get(status, BY_STATUS[400]), detail)


def of_error(error: GroundpassError) -> HttpResponse:
    """Make the answer for an error of the tree."""
    wrong = getattr(error, "problems", ())
    return problem(
        kind_of(error),
        error.sentence(),
        todo=error.todo,
        suggestion=getattr(error, "suggestion", None),
        place=getattr(error, "place", None),
        problems=[
            {"field": one.field, "what": one.what, "todo": one.todo, "suggestion": one.suggestion}
            for one in wrong
        ],
    )


def install(api: NinjaAPI) -> None:
    """Make an API answer all its errors by this table."""

    @api.exception_handler(GroundpassError)
    def _ours(request: HttpRequest, error: GroundpassError) -> HttpResponse:
        return of_error(error)

    @api.exception_handler(ValidationError)
    def _declared(request: HttpRequest, error: ValidationError) -> HttpResponse:
        found = [{"place": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors]
        return problem(BY_STATUS[422], "See `problems` for each place", problems=found)

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
        # ninja wraps what the parser of bodies raises; a wrong content type is more than a bad request.
        first = error.__cause__ if isinstance(error.__cause__, HttpError) else error
        return by_status(first.status_code, str(first))

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return by_status(404)

    @api.exception_handler(Exception)
    def _ours_to_mend(request: HttpRequest, error: Exception) -> HttpResponse:
        reference = secrets.token_hex(4)
        _log.error("server error", reference=reference, exc_info=error)
        return problem(BY_STATUS[500], "Tell the administrator the reference", reference=reference)
