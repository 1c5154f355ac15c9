"""Run one thing from several threads at once, each with its own connection to the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, TypeVar

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
A = TypeVar("A")


def at_once(act: Callable[[A], T], arguments: Sequence[A]) -> list[T | Exception]:
    """Call `act` once for each argument, all starting together; give results, or the errors they raised."""
    barrier = Barrier(len(arguments))

    def run(argument: A) -> T | Exception:
        barrier.wait(timeout=30)
        try:
            return act(argument)
        except Exception as error:  # noqa: BLE001 - the test looks at whatever was raised
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(run, arguments))
