"""The lists of counters and companies come in as a file, and a reviewer approves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundpass.authority.register.api import (
    ImportResult,
    applications_of,
    approve_many,
    import_file,
)
from groundpass.doors.demo.holders import write_list

if TYPE_CHECKING:
    import numpy as np

    from groundpass.doors.demo.cast import Cast
    from groundpass.doors.demo.fleet import StoryFleet
    from groundpass.doors.demo.stage import Stage
    from groundpass.doors.demo.telling import Teller


def hand_in(
    stage: Stage, cast: Cast, fleet: StoryFleet, rng: np.random.Generator, teller: Teller
) -> ImportResult:
    """The list of everybody who registers in time; the mistyped ones among them read like any other."""
    path = stage.file("registered-holders.csv")
    write_list(path, fleet.listed(), rng)
    with teller.progress("Importing") as tell:
        return import_file(path, actor=cast.clerk, now=stage.clock.imported, progress=tell)


def hand_in_late(stage: Stage, cast: Cast, fleet: StoryFleet, rng: np.random.Generator) -> ImportResult:
    """Those who come an hour before the list closes: nobody has decided on them yet."""
    path = stage.file("waiting-holders.csv")
    write_list(path, fleet.waiting(), rng)
    return import_file(path, actor=cast.clerk, now=stage.clock.released)


def review(stage: Stage, cast: Cast, handed_in: ImportResult, teller: Teller) -> int:
    """A reviewer approves the list: not the clerk who handed it in. Gives how many."""
    waiting = applications_of(handed_in.batch)
    with teller.progress("Approving") as tell:
        done = approve_many(waiting, actor=cast.reviewer, now=stage.clock.reviewed, progress=tell)
    return done.approved
