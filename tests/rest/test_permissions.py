"""Every operation of the API by every role, written down once. One that is not in the table fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from groundpass.doors.rest.api import api as declared

if TYPE_CHECKING:
    from rest.conftest import Caller
    from support.world import World

ROLES: Final = {
    "c": "clerk",
    "r": "reviewer",
    "o": "officer",
    "l": "liaison",
    "e": "engineer",
    "a": "auditor",
    "A": "admin",
    "s": "stranger",
}
# operation → who gets past the question of rights; `*` is everybody.
OPERATIONS: Final = {
    "POST /check": "*",
    "POST /applications": "cl",
    "GET /applications": "r",
    "POST /applications/{uuid}/approve": "r",
    "POST /applications/{uuid}/refuse": "r",
    "POST /imports": "cl",
    "POST /registrations/show": "cral",
    "POST /registrations/{uuid}/suspend": "r",
    "POST /registrations/{uuid}/resume": "r",
    "POST /registrations/{uuid}/revoke": "r",
    "GET /territories": "orae",
    "POST /territories": "o",
    "GET /territories/{code}": "orae",
    "GET /rulesets": "orae",
    "POST /rulesets": "o",
    "GET /rulesets/{number}": "orae",
    "POST /rulesets/{number}/approve": "o",
    "POST /rulesets/{number}/withdraw": "o",
    "GET /feeds": "oae",
    "GET /feeds/{feed}/releases": "oae",
    "POST /feeds/{feed}/releases": "o",
    "GET /feeds/{feed}/releases/{serial}": "oae",
    "POST /feeds/{feed}/releases/{serial}/assess": "o",
    "POST /feeds/{feed}/releases/{serial}/publish": "o",
    "GET /feeds/{feed}/checkpoint": "*",
    "POST /enforcement/reports": "oe",
    "GET /feeds/{feed}/enforcement/reports": "orae",
    "GET /effect": "*",
    "GET /audit/events": "a",
    "GET /audit/chain": "a",
}


def operations() -> dict[str, dict[str, Any]]:
    """What the schema declares."""
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}": operation
        for path, methods in declared.get_openapi_schema()["paths"].items()
        for method, operation in methods.items()
    }


def test_every_operation_is_in_the_table() -> None:
    assert sorted(operations()) == sorted(OPERATIONS)


def body_of(operation: str, world: World) -> dict[str, Any]:
    """A body that reads, so that the question of rights is the first that can refuse it."""
    terminal = "ut" + world.registrations[1].terminal.value
    return {
        "POST /check": {"terminal": terminal},
        "POST /applications": {"terminal": terminal, "holder_class": "person", "usage_class": "fixed"},
        "POST /registrations/show": {"terminal": terminal, "purpose": "a test"},
        "POST /territories": {"geojson": {}, "code": "x", "name": "x"},
        "POST /rulesets": {"text": "x"},
    }.get(operation, {"reason": "a test"} if not operation.endswith(("approve", "releases")) else {})


def refused(world: World, api: Caller, operation: str, role: str | None) -> bool:
    """Whether somebody is turned away for who they are."""
    method, _, path = operation.partition(" ")
    parts = {
        "{uuid}": str(world.applications[0].uuid if "applications" in path else world.registrations[2].uuid),
        "{code}": "ua",
        "{number}": str(world.proposal.number),
        "{feed}": "northwind",
        "{serial}": "1",
    }
    for part, value in parts.items():
        path = path.replace(part, value)
    if role:
        api.client.force_login(
            getattr(world.cast, role), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    else:
        api.client.logout()
    if operation in {"POST /imports", "POST /enforcement/reports"}:
        from django.core.files.uploadedfile import SimpleUploadedFile

        response = api.client.post(f"/api/v1{path}", {"file": SimpleUploadedFile("x.csv", b"terminal\nx")})
    else:
        response = api.call(method, path, None if method == "GET" else body_of(operation, world))
    assert response.status_code != 500, f"{operation} as {role}"
    return response.status_code in {401, 403}


def test_every_role_gets_past_where_the_table_says_and_nowhere_else(world: World, api: Caller) -> None:
    wrong = [
        f"{operation} as {role or 'nobody'}: refused {was_refused}"
        for role in (None, *ROLES.values())
        for operation, letters in OPERATIONS.items()
        for may in [letters == "*" or (role is not None and role in {ROLES[one] for one in letters})]
        for was_refused in [refused(world, api, operation, role)]
        if was_refused == may
    ]
    assert wrong == []
