"""Fill a register through its own commands."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from groundpass.authority.register.api import Submission, approve, submit
from support.ids import invent_edrpou, invent_rnokpp, invent_utids
from support.times import NOW

if TYPE_CHECKING:
    from groundpass.authority.register.api import Registration
    from support.cast import Cast

RNOKPP = next(invent_rnokpp())
EDRPOU = next(invent_edrpou())
UTIDS = tuple(islice(invent_utids(), 50))


def person(terminal: str = UTIDS[0], *, tax_id: str = RNOKPP, **more: object) -> Submission:
    """An application that is in order, of a person with one terminal at home; `more` changes its fields."""
    fields = {
        "holder_class": "person",
        "usage_class": "fixed",
        "name": "Олена Вигадана",
        "document_type": "id_card",
        "document_last": "4321",
    }
    return Submission(terminal=terminal, tax_id=tax_id, **{**fields, **more})


def company(terminal: str = UTIDS[0], *, tax_id: str = EDRPOU, **more: object) -> Submission:
    """An application that is in order, of a company."""
    fields = {"holder_class": "company", "usage_class": "fixed", "name": "Вигадані поля"}
    return Submission(terminal=terminal, tax_id=tax_id, **{**fields, **more})


def protected(terminal: str = UTIDS[0], reference: str = "unit-0001/7") -> Submission:
    """An application of the protected channel, for a vehicle."""
    return Submission(terminal, "defence", "vehicle", sealed_reference=reference)


def registered(cast: Cast, data: Submission | None = None, *, now: int = NOW) -> Registration:
    """Submit by the clerk, or the liaison where the class is protected, and approve by the reviewer."""
    data = data or person()
    actor = cast.liaison if data.sealed_reference else cast.clerk
    return approve(submit(data, actor=actor, now=now), actor=cast.reviewer, now=now)


def fill(
    cast: Cast, count: int, *, now: int = NOW, usage: str = "fixed", seed: int = 7
) -> list[Registration]:
    """Register this many terminals, each of a person of its own; seeds give different ones."""
    pairs = islice(zip(invent_utids(seed), invent_rnokpp(seed), strict=False), count)
    people = [person(utid, tax_id=tax, usage_class=usage) for utid, tax in pairs]
    return [registered(cast, data, now=now) for data in people]
