"""Invented numbers in their real formats, the check digits included. The same seed gives the same numbers."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from stdnum.ua import edrpou, rntrc

if TYPE_CHECKING:
    from collections.abc import Iterator


def invent_utids(seed: int = 1) -> Iterator[str]:
    """UTIDs as people read them, all different."""
    chance = random.Random(seed)
    serials = set()
    while True:
        serial = chance.getrandbits(32)
        if serial not in serials:
            serials.add(serial)
            yield f"ut{0x01000000:08x}-{0:08x}-{serial:08x}"


def invent_rnokpp(seed: int = 1) -> Iterator[str]:
    """Tax numbers of people: ten digits."""
    chance = random.Random(seed)
    while True:
        digits = f"{chance.randrange(20_000, 40_000)}{chance.randrange(10_000):04d}"
        yield digits + rntrc.calc_check_digit(digits)


def invent_edrpou(seed: int = 1) -> Iterator[str]:
    """Numbers of companies: eight digits."""
    chance = random.Random(seed)
    while True:
        digits = f"{chance.randrange(4_500_000):07d}"
        yield digits + edrpou.calc_check_digit(digits)


def invent_kits(seed: int = 1) -> Iterator[str]:
    """KIT numbers as on the box."""
    chance = random.Random(seed)
    while True:
        yield f"KIT{chance.randrange(10**8, 10**9)}"
