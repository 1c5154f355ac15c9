"""Every error is an RFC 9457 document, by one table; and the table leaves no class of the tree out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from groundpass.doors.rest.problems import MEDIA_TYPE, kind_of, of_error
from groundpass.doors.web.problems import page_of
from groundpass.kernel.core import errors

if TYPE_CHECKING:
    from rest.conftest import Caller
    from support.world import Desk

TREE = [
    one
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, errors.GroundpassError) and one is not errors.GroundpassError
]


@pytest.mark.parametrize("error", TREE)
def test_each_class_of_the_tree_has_a_status_and_the_pages_agree(error: type[errors.GroundpassError]) -> None:
    kind = kind_of(error("Something"))
    assert 400 <= kind.status < 600
    assert kind.status != 500
    assert page_of(error("Something"))[0] == kind.status


def test_a_narrower_class_has_a_type_of_its_own() -> None:
    types = {error: kind_of(error("Something")).type for error in TREE}
    assert len(set(types.values())) == len(TREE)


def test_the_status_is_the_one_that_the_tree_s_drawing_says() -> None:
    for line in (errors.__doc__ or "").splitlines():
        if "HTTP" in line:
            name = next(
                word for word in line.replace("├──", " ").replace("└──", " ").replace("│", " ").split()
            )
            assert kind_of(getattr(errors, name)("Something")).status == int(line.rpartition("HTTP")[2])


def test_what_the_error_knows_is_in_the_document() -> None:
    error = errors.BadIdentifier(
        "It does not read", why="it is short", todo="Read it again", suggestion="ut01"
    )
    response = of_error(error)
    assert response["Content-Type"] == MEDIA_TYPE
    assert json.loads(response.content) == {
        "type": "urn:groundpass:problem:bad-identifier",
        "title": "An identifier does not read",
        "status": 422,
        "detail": "It does not read. It is short. Read it again.",
        "todo": "Read it again",
        "suggestion": "ut01",
    }


def test_the_place_of_a_fault_in_a_polygon_is_told() -> None:
    response = of_error(errors.BadGeometry("It does not hold", place=(30.5, 50.25)))
    assert json.loads(response.content)["place"] == [30.5, 50.25]


@pytest.mark.parametrize(
    ("method", "path", "kind", "body", "status"),
    [
        ("POST", "/check", "application/json", "{", 400),
        ("POST", "/check", "application/json", '{"terminal": 5}', 422),
        ("POST", "/check", "application/json", '{"terminal": "x", "more": 1}', 422),
        ("POST", "/check", "text/plain", "{}", 415),
        ("GET", "/nothing", "", "", 404),
        ("GET", "/territories", "", "", 401),
        ("GET", "/feeds/nothing/checkpoint", "", "", 404),
    ],
)
def test_errors_of_the_protocol_are_problems_too(
    desk: Desk, api: Caller, method: str, path: str, kind: str, body: str, status: int
) -> None:
    response = api.client.generic(method, f"/api/v1{path}", body, content_type=kind)
    assert response.status_code == status
    assert response["Content-Type"] == MEDIA_TYPE
    assert response.json()["status"] == status
    assert response.json()["type"].startswith("urn:groundpass:problem:")


def test_who_is_not_signed_in_is_told_how(desk: Desk, api: Caller) -> None:
    assert api.get("/territories")["WWW-Authenticate"].startswith("Basic realm=")


def test_a_fault_of_ours_tells_a_reference_and_nothing_else(
    desk: Desk, api: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from groundpass.doors.rest import register

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("the moon is full")

    monkeypatch.setattr(register.register, "public_status", broken)
    response = api.post("/check", {"terminal": "x"})
    assert response.status_code == 500
    assert "moon" not in response.content.decode()
    assert response.json()["reference"] in caplog.text
    assert "the moon is full" in caplog.text


def test_asking_too_often_is_a_problem(desk: Desk, api: Caller, settings: object) -> None:
    settings.GROUNDPASS_CHECK_RATE = "2/m"  # type: ignore[attr-defined]  # pytest-django's
    unknown = {"terminal": "ut01000000-00000000-00000001"}
    statuses = [api.post("/check", unknown).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
