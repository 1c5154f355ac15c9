"""Id schemes as data: a name, a pattern, the steps that normalise, how a value packs into bytes.

1. A scheme is a table of a TOML file whose fields `schemes.toml` explains; an operator adds his own file.
2. A scheme is checked when it loads: its steps are known, its number is free, its example reads under it.
3. Normalising changes only what no person means: surrounding blanks, exotic dashes, the case of ASCII
   letters, a known prefix. Case is ASCII case alone: Unicode's would make a Kelvin sign a `k` in silence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from groundpass.kernel.core.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

MAX_NUMBER: Final = 255  # the scheme byte of a block
OTHER: Final = "other"  # the scheme, number 0, of any text that does not read
DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
# What str.strip leaves at the ends, though nobody sees it: zero-width blanks and the byte order mark.
UNSEEN: Final = "\u200b\u200c\u200d\u2060\ufeff"

_DASH_TABLE: Final = str.maketrans(dict.fromkeys(DASHES, "-"))
_LOWER_TABLE: Final = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
_UPPER_TABLE: Final = str.maketrans({chr(code): chr(code - 32) for code in range(ord("a"), ord("z") + 1)})


def strip(text: str) -> str:
    """Take the blanks off both ends, those that nobody sees included."""
    while text != (shorter := text.strip().strip(UNSEEN)):
        text = shorter
    return text


@dataclass(frozen=True, eq=False)
class Scheme:
    """One kind of identifier; the fields are explained at the head of `schemes.toml`."""

    code: str
    number: int
    operator: str
    title: Mapping[str, str]
    pattern: str
    alphabet: str
    normaliser: tuple[str, ...]
    pack: Literal["hex", "text"]
    example: str
    form: str = ""
    where: str = ""
    prefix: str = ""
    head: str = ""
    telltale: str = ""
    look_alikes: tuple[dict[str, str], ...] = field(default=())

    @cached_property
    def matcher(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self.pattern)

    @cached_property
    def groups(self) -> tuple[int, ...]:
        """Digits in each dash-separated group; () where the pattern is more than hexadecimal groups."""
        digits = r"\[0-9(?:a-f|A-F)\]\{\d+\}"
        if self.pack != "hex" or not re.fullmatch(f"{digits}(?:-{digits})*", self.pattern):
            return ()
        return tuple(int(count) for count in re.findall(r"\{(\d+)\}", self.pattern))

    def clean(self, text: str) -> str:
        """Apply the steps of the normaliser, in order; the result need not match the pattern."""
        for step in self.normaliser:
            text = _apply(step, text)
        return text

    def reads(self, text: str) -> str | None:
        """The normalised value, or None where the text does not read under this scheme."""
        value = self.clean(text)
        return value if self.matcher.fullmatch(value) else None

    def packed(self, value: str) -> bytes:
        """The bytes of a normalised value."""
        return bytes.fromhex(value.replace("-", "")) if self.pack == "hex" else value.encode("ascii")


def _apply(step: str, text: str) -> str:
    """One step of a normaliser."""
    match step.partition(":"):
        case ("strip", _, _):
            return strip(text)
        case ("dashes", _, _):
            return text.translate(_DASH_TABLE)
        case ("lower", _, _):
            return text.translate(_LOWER_TABLE)
        case ("upper", _, _):
            return text.translate(_UPPER_TABLE)
        case ("drop", _, prefix) if prefix:
            return text.removeprefix(prefix)
    raise BadInput(
        f"The normaliser step {step!r} is not known", todo="Use strip, dashes, lower, upper or drop:PREFIX"
    )


def _scheme(code: str, table: Mapping[str, Any]) -> Scheme:
    """Read one table, and try its example on it."""
    given = dict(table)
    try:
        given["normaliser"] = tuple(given["normaliser"])
        given["look_alikes"] = tuple(given.get("look_alikes", ()))
        scheme = Scheme(code=code, **given)
        value = scheme.reads(scheme.example)
        if value is None:
            raise BadInput(f"The example of the id scheme {code!r} does not read under it")
        scheme.packed(value)
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise BadInput(
            f"The id scheme {code!r} does not load", why=str(error), todo="Compare it with schemes.toml"
        ) from error
    if scheme.pack not in {"hex", "text"} or not 1 <= scheme.number <= MAX_NUMBER or code == OTHER:
        raise BadInput(
            f"The id scheme {code!r} has pack {scheme.pack!r} and number {scheme.number}",
            todo=f'Give pack "hex" or "text", a number from 1 to {MAX_NUMBER}, a name other than {OTHER!r}',
        )
    return scheme


@cache
def schemes() -> Mapping[str, Scheme]:
    """The schemes that come with the program, by code."""
    text = resources.files("groundpass.kernel.core").joinpath("schemes.toml").read_text("utf-8")
    return MappingProxyType(_read(text, {}))


def load_schemes(path: Path) -> Mapping[str, Scheme]:
    """The schemes that come with the program and those of an operator's own file, by code.

    Raises BadInput for a file that is not such a table, or that takes a code or number already given.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The id schemes in {path} cannot be read", why=str(error)) from error
    return MappingProxyType(_read(text, schemes()))


def _read(text: str, known: Mapping[str, Scheme]) -> dict[str, Scheme]:
    """Add the schemes of a TOML text to those known."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput("The id schemes are not TOML", why=str(error)) from error
    found = dict(known)
    for code, table in tables.items():
        scheme = _scheme(code, table)
        taken = next((other for other in found.values() if other.number == scheme.number), None)
        if code in found or taken is not None:
            raise BadInput(
                f"The id scheme {code!r} takes a code or number that is already given",
                why=f"{(taken or found[code]).code!r} has it",
                todo="Choose another",
            )
        found[code] = scheme
    return found


def find_scheme(code: str | Scheme) -> Scheme:
    """The scheme of a code, or the scheme itself. Raises BadInput for a code that is not known."""
    if isinstance(code, Scheme):
        return code
    try:
        return schemes()[code]
    except KeyError:
        raise BadInput(
            f"The id scheme {code!r} is not known", todo=f"Use one of {', '.join(sorted(schemes()))}"
        ) from None
