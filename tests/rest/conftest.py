"""What the tests of the API share: a register at work, and callers."""

from __future__ import annotations

import base64
import datetime as dt
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.cache import cache

from support.times import DAY, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.http import HttpResponse
    from django.test import Client

    from groundpass.authority.accounts.api import User
    from support.cast import Cast
    from support.world import Desk, World

# A failing test prints what was logged; a line for each request would hide what matters.
logging.getLogger("groundpass.request").setLevel(logging.WARNING)


@pytest.fixture
def moment() -> Iterator[int]:
    """The clock that the API reads; and no rate that an earlier test has used up."""
    cache.clear()
    with time_machine.travel(dt.datetime.fromtimestamp(NOW + 20 * DAY, tz=dt.UTC), tick=True):
        yield NOW + 20 * DAY


@pytest.fixture
def desk(cast: Cast, home: Path, moment: int) -> Desk:
    """A register at work, without a feed."""
    from support.world import open_desk  # after Django is set up

    return open_desk(cast, moment)


@pytest.fixture
def world(cast: Cast, home: Path, moment: int) -> World:
    """A register at work, with a feed."""
    from support.world import assemble  # after Django is set up

    return assemble(cast, home / "offline", moment)


def basic(user: User) -> str:
    """The header by which somebody signs in."""
    from support.cast import PASSWORD  # after Django is set up

    return "Basic " + base64.b64encode(f"{user.username}:{PASSWORD}".encode()).decode()


class Caller:
    """A program that calls the API, as somebody or as nobody."""

    def __init__(self, client: Client) -> None:
        self.client = client
        client.raise_request_exception = False

    def call(self, method: str, path: str, body: Any = None, *, as_: User | None = None, **more: Any) -> Any:
        """Give the answer; a body goes as JSON."""
        headers = dict(more.pop("headers", {}))
        if as_ is not None:
            headers["authorization"] = basic(as_)
        if body is not None:
            more |= {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.generic(method, f"/api/v1{path}", headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("POST", path, {} if body is None else body, **more)

    def upload(self, path: str, files: dict[str, Any], *, as_: User) -> HttpResponse:
        answer: HttpResponse = self.client.post(
            f"/api/v1{path}", files, headers={"authorization": basic(as_)}
        )
        return answer


@pytest.fixture
def api(client: Client) -> Caller:
    """The caller."""
    return Caller(client)
