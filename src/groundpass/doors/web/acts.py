"""A button of a page: call a command, say what came of it, go back to a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.contrib import messages

from groundpass.doors.web.sentences import said
from groundpass.kernel.core.errors import GroundpassError, NoRight, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

T = TypeVar("T")


def attempt(request: HttpRequest, act: Callable[[], T], done: Callable[[T], str]) -> T | None:
    """Call `act` and say `done`; where it is refused, say why and give None.

    NoRight and NotFound pass through: they are pages of their own.
    """
    try:
        result = act()
    except (NoRight, NotFound):
        raise
    except GroundpassError as error:
        messages.error(request, said(error))
        return None
    messages.success(request, done(result))
    return result
