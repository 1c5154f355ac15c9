"""What policy knows of its country: data, not code. See `data/ua.toml` for the form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.verdicts import UNLISTED

PACKAGED: Final = Path(__file__).resolve().parent.parent / "data" / "ua.toml"


class Title(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Words for people, in each language."""

    en: str
    uk: str


class Country(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """`box`: west, south, east, north in degrees. `profiles`: in the order of their numbers, from 1 on."""

    format: Literal["groundpass/policy-data/1"]
    box: tuple[float, float, float, float]
    profiles: Annotated[dict[str, Title], msgspec.Meta(min_length=1)]


def load(path: Path = PACKAGED) -> Country:
    """Read a country's data. Raises BadInput where the file does not hold."""
    try:
        country = msgspec.toml.decode(path.read_bytes(), type=Country)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInput(f"The policy data in {path} cannot be read", why=str(error)) from error
    if UNLISTED in country.profiles:
        raise BadInput(
            f"The policy data in {path} names {UNLISTED!r}", why="it is always there", todo="Leave it out"
        )
    return country
