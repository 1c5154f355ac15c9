"""The API of version 1: the same verbs as the command line and the pages.

OpenAPI 3.1 lies at `/api/v1/openapi.json`; tests/rest/openapi.json is its golden copy.
Identifiers of terminals are in bodies, never in addresses: addresses are logged on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.parser import Parser

from groundpass.doors.rest import auth, problems
from groundpass.doors.rest.audit import router as audit
from groundpass.doors.rest.enforcement import router as enforcement
from groundpass.doors.rest.policy import router as policy
from groundpass.doors.rest.publication import router as publication
from groundpass.doors.rest.register import router as register

if TYPE_CHECKING:
    from django.http import HttpRequest
    from ninja.openapi.schema import OpenAPISchema

DECLARED: Final = (400, 401, 403, 404, 409, 415, 422, 429)  # what any operation may answer
DESCRIPTION: Final = (
    "A national register of satellite terminals. Sign in by HTTP Basic, or by the session cookie of the "
    "pages with its CSRF token. Every error is an RFC 9457 problem document."
)
PROBLEM: Final = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "todo": {"type": "string", "description": "The next step"},
        "suggestion": {"type": "string", "description": "The likely fix of an identifier"},
        "place": {"type": "array", "items": {"type": "number"}, "description": "lon, lat of a fault"},
        "problems": {"type": "array", "items": {"type": "object"}, "description": "Every place at fault"},
        "reference": {"type": "string", "description": "What to tell the administrator"},
    },
}


class JsonParser(Parser):
    """Takes JSON only as JSON."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Read the body. Raises HttpError 415 for another content type."""
        if request.content_type != "application/json":
            raise HttpError(415, f"Send application/json, not {request.content_type or 'nothing'}")
        return super().parse_body(request)


class Api(NinjaAPI):
    """An API whose every operation declares the problems that it may answer with."""

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:  # noqa: ANN401 - ninja's signature
        """Add the problems to ninja's schema."""
        schema = super().get_openapi_schema(**kwargs)
        schema["components"].setdefault("schemas", {})["Problem"] = PROBLEM
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"].update(_declared(operation["responses"]))
        return schema


def _declared(there: dict[int, Any]) -> dict[int, Any]:
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": problems.BY_STATUS[status].title, "content": content}
        if status in problems.BY_STATUS
        else {"description": "Well formed, and not allowed", "content": content}
        for status in DECLARED
        if status not in there
    }


api = Api(
    title="Groundpass",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    urls_namespace="api",
    auth=auth.ways,
    parser=JsonParser(),
)
problems.install(api)
for router in (register, policy, publication, enforcement, audit):
    api.add_router("", router)
