"""Invented holders in the real formats: names, tax numbers and company codes, check digits right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundpass.kernel.core.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from faker import Faker

LIMITED = "\u0422\u041e\u0412"  # "limited company", in Ukrainian letters
YOUNGEST, OLDEST = 39_000, 20_000  # days since 31 December 1899: born in 2006 and in 1954


class People:
    """Draws holders. The generator's seed decides them all.

    Raises CannotRun where the library that invents names is not installed.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._names = _names(int(rng.integers(2**31)))
        self._taken: set[str] = set()

    def person(self) -> tuple[str, str]:
        """Name and RNOKPP of one person; no number comes twice."""
        return f"{self._names.first_name()} {self._names.last_name()}", self._fresh(self._rnokpp)

    def company(self) -> tuple[str, str]:
        """Name and EDRPOU of one company; no code comes twice."""
        return f"{LIMITED} «{self._names.last_name()}»", self._fresh(self._edrpou)

    def _fresh(self, draw: Callable[[], str]) -> str:
        number = draw()
        while number in self._taken:
            number = draw()
        self._taken.add(number)
        return number

    def _rnokpp(self) -> str:
        """Five digits of the day of birth, four of the person, one that checks them."""
        from stdnum.ua import rntrc

        digits = f"{self._rng.integers(OLDEST, YOUNGEST):05d}{self._rng.integers(10_000):04d}"
        return digits + str(rntrc.calc_check_digit(digits))

    def _edrpou(self) -> str:
        """Seven digits and one that checks them, in the range that is given out."""
        from stdnum.ua import edrpou

        digits = f"{self._rng.integers(3_000_000, 4_500_000):07d}"
        return digits + str(edrpou.calc_check_digit(digits))


def _names(seed: int) -> Faker:
    """The library that invents names, seeded."""
    try:
        from faker import Faker
    except ImportError as error:
        raise CannotRun(
            "The demo invents people with Faker, which is not installed",
            todo="Install it with pip install 'groundpass[authority,demo]'",
        ) from error
    names = Faker("uk_UA")
    names.seed_instance(seed)
    return names
