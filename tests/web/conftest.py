"""What the tests of the pages share: a register at work, at a moment that stands still."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.cache import cache

from support.times import DAY, NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.test import Client

    from groundpass.authority.accounts.api import User
    from support.cast import Cast
    from support.world import Desk, World

# A failing test prints what was logged; a line for each of hundreds of requests would hide what matters.
logging.getLogger("groundpass.request").setLevel(logging.WARNING)


@pytest.fixture
def moment() -> Iterator[int]:
    """The clock that the pages read; and no rate that an earlier test has used up."""
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


@pytest.fixture
def visit(client: Client) -> Client:
    """A browser without cookies."""
    client.raise_request_exception = False
    return client


@pytest.fixture
def as_(visit: Client) -> Callable[[User], Client]:
    """Sign somebody in, in place of whoever was."""

    def sign_in(user: User) -> Client:
        visit.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return visit

    return sign_in
