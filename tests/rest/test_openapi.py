"""The schema of the API is what programs are written against: OpenAPI 3.1, with a golden copy.

A change shows as a difference of the golden file; write it again with `GROUNDPASS_GOLDEN=1` and read it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openapi_spec_validator import validate

from groundpass.doors.rest.api import DECLARED, api

if TYPE_CHECKING:
    from django.test import Client

GOLDEN: Final = Path(__file__).with_name("openapi.json")


def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return read


def test_the_schema_is_the_golden_one() -> None:
    text = json.dumps(schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("GROUNDPASS_GOLDEN") == "1":
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8"), "the API changed: GROUNDPASS_GOLDEN=1 writes it again"


def test_the_schema_holds_as_openapi_3_1() -> None:
    found = schema()
    assert found["openapi"].startswith("3.1")
    validate(found)


def test_every_operation_declares_its_problems() -> None:
    for path, methods in schema()["paths"].items():
        for operation in methods.values():
            for status in DECLARED:
                content = operation["responses"][str(status)]["content"]
                assert list(content) == ["application/problem+json"], path
            assert operation["summary"]


def test_the_schema_is_given_to_anybody(client: Client, db: None) -> None:
    response = client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    assert response.json()["info"]["title"] == "Groundpass"


def test_no_identifier_of_a_terminal_stands_in_an_address() -> None:
    assert not [path for path in schema()["paths"] if "terminal" in path]
