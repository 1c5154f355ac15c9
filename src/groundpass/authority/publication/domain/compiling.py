"""From rows of the register to the columns of a release. Pure.

1. Only terminals of the feed's own id scheme: a report cannot name others.
2. Every identifier reads under its scheme, and every profile is known; the register would be wrong otherwise.
3. Key 0 stands for "no terminal", and two terminals with one key would share a verdict: both are refused.
   With 64 bits this happens to a list of ten million once in 370,000 sessions.
4. A release with no entries is refused: silence is not an order to cut everybody off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundpass.kernel.core.errors import Refused
from groundpass.kernel.core.ids import parse_column
from groundpass.kernel.core.state import Entries
from groundpass.kernel.trust.keying import entry_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Row = tuple[str, str, str, int, int, bool]  # scheme, value, profile, valid from, valid until, protected


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """Entries of a release, and which of their keys are of protected holders. `rows`: all that were read."""

    entries: Entries
    protected: npt.NDArray[np.uint64]
    rows: int


def compile_entries(rows: Iterable[Row], scheme: str, profiles: Sequence[str], keying: bytes) -> Compiled:
    """Key, sort and check the rows. Raises Refused by the rules above."""
    listed = list(rows)
    own = [row for row in listed if row[0] == scheme]
    if not own:
        raise Refused(
            "The register lists no terminal, and an empty list is never released",
            why=f"{len(listed)} rows were read, none of the scheme {scheme}",
            todo="Find out why, before anybody is cut off",
        )
    _, values, names, starts, ends, guarded = zip(*own, strict=True)
    key = _keys(values, scheme, keying)
    order = np.argsort(key, kind="stable")
    entries = Entries(
        key[order],
        _profiles(names, profiles)[order],
        np.array(starts, np.int64)[order],
        np.array(ends, np.int64)[order],
    )
    return Compiled(entries, np.sort(key[np.array(guarded, np.bool_)]), len(listed))


def _keys(values: Sequence[str], scheme: str, keying: bytes) -> npt.NDArray[np.uint64]:
    blocks, recognised = parse_column(pa.array(values, pa.string()), scheme)
    if not recognised.all():
        raise Refused(
            f"{int((~recognised).sum())} identifiers of the register do not read as {scheme}",
            todo="Find and mend them; a release must not leave them out in silence",
        )
    key = entry_keys(blocks, keying)
    ordered = np.sort(key)
    if not ordered[0] or bool((ordered[1:] == ordered[:-1]).any()):
        raise Refused(
            "Two terminals have one key under the secret of this session, or one has the key 0",
            why="both would get one verdict",
            todo="Make a new feed for this operator: its session has another secret",
        )
    return key


def _profiles(names: Sequence[str], profiles: Sequence[str]) -> npt.NDArray[np.uint16]:
    numbers = {name: number for number, name in enumerate(profiles) if number}
    unknown = sorted(set(names) - set(numbers))
    if unknown:
        raise Refused(
            f"The register has profiles that policy does not know: {', '.join(unknown)}",
            why=f"known are {', '.join(numbers)}",
            todo="Add them to the policy data, or mend the usage classes",
        )
    return np.array([numbers[name] for name in names], np.uint16)
