"""The scorecard over tracks that were recorded: files of positions, and a table of what is true of each.

1. A track is a CSV file with the columns id, time, lat, lon; each file is one terminal, whatever its ids say.
2. The table names each file, and has a column `rule_<km/h>kmh_<s>s` for each rule that it judges: FLAG
   (some stretch is too fast by it), NO (none is, even at nine tenths of the cap), or anything else (EDGE:
   between the two, GAPPY: too sparse to say), which is left out.
3. A FLAG that the tracks do not find is missed, a NO that they call too fast is false.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from groundpass.kernel.core.errors import BadInput, CannotRun
from groundpass.kernel.engine.episodes import Tracks
from groundpass.operator.scorecard.shares import wilson
from groundpass.operator.scorecard.watch import Cap, tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

RULE: Final = re.compile(r"rule_(\d+(?:\.\d+)?)kmh_(\d+)s")
FLAG, NO = "FLAG", "NO"


@dataclass(slots=True)
class Kind:
    """Tracks of one kind under a rule. found, missed: of FLAG · false, clear: of NO · left_out: the rest."""

    found: int = 0
    missed: int = 0
    false: int = 0
    clear: int = 0
    left_out: int = 0

    def count(self, truth: str, *, fast: bool) -> str:
        """Count a track; gives what is wrong with it, or ""."""
        if truth == FLAG:
            self.found, self.missed = self.found + fast, self.missed + (not fast)
            return "" if fast else "missed"
        if truth == NO:
            self.false, self.clear = self.false + fast, self.clear + (not fast)
            return "false" if fast else ""
        self.left_out += 1
        return ""

    def to_dict(self) -> dict[str, Any]:
        """Counts, and shares with their intervals."""
        flagged, clear = self.found + self.missed, self.false + self.clear
        counts = {name: getattr(self, name) for name in self.__slots__}
        return counts | {
            "recall": self.found / flagged if flagged else None,
            "recall_interval": wilson(self.found, flagged),
            "false_rate": self.false / clear if clear else None,
            "false_interval": wilson(self.false, clear),
        }


@dataclass(slots=True)
class Recorded:
    """The scorecard: by rule and kind; what is wrong, file by file."""

    release: int
    rules: dict[Cap, dict[str, Kind]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Kind)))
    wrong: list[dict[str, Any]] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        """One row for each rule and kind."""
        return [
            {"cap_kmh": cap.kmh, "sustained_s": cap.sustained, "kind": name} | kind.to_dict()
            for cap, kinds in self.rules.items()
            for name, kind in sorted(kinds.items())
        ]

    def totals(self) -> list[dict[str, Any]]:
        """One row for each rule."""
        out = []
        for cap, kinds in self.rules.items():
            summed: Counter[str] = Counter()
            for kind in kinds.values():
                summed.update({name: getattr(kind, name) for name in Kind.__slots__})
            out.append(
                {"cap_kmh": cap.kmh, "sustained_s": cap.sustained, "kind": "all"} | Kind(**summed).to_dict()
            )
        return out

    def to_dict(self) -> dict[str, Any]:
        """Everything, for a program."""
        return {
            "format": "groundpass/scorecard-recorded/1",
            "simulated": False,
            "release_s": self.release,
            "rows": self.rows(),
            "totals": self.totals(),
            "wrong": self.wrong,
        }


def score_recorded(
    folder: Path,
    table: Path,
    *,
    release: int = 60,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Recorded:
    """Run the tracks over every file that the table judges.

    Args:
        folder: the paths in the table begin here.
        table: CSV with a column `file` and columns of rules.
        release: s, of every rule.
        progress: told files done and how many there are.

    Raises:
        BadInput: the table lacks a column, or a track does not read.
        CannotRun: a file is not there.
    """
    judged = _read_table(table)
    out = Recorded(release)
    for done, row in enumerate(judged, 1):
        track = _one_terminal(folder / row["file"])
        kind = row["file"].partition("/")[0]
        for column in row:
            if match := RULE.fullmatch(column):
                cap = Cap(float(match[1]), int(match[2]), release)
                episodes = Tracks(*cap).update(track)
                wrong = out.rules[cap][kind].count(row[column], fast=len(episodes) > 0)
                if wrong:
                    told = {
                        "file": row["file"],
                        "cap_kmh": cap.kmh,
                        "sustained_s": cap.sustained,
                        "wrong": wrong,
                    }
                    out.wrong.append(told | {"episodes": len(episodes)})
        progress(done, len(judged))
    return out


def _read_table(path: Path) -> list[Mapping[str, str]]:
    """The rows of the table."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            if "file" not in columns or not any(RULE.fullmatch(name) for name in columns):
                raise BadInput(
                    f"{path.name} judges no tracks",
                    why="it needs a column file, and one at least like rule_90kmh_120s",
                )
            return list(reader)
    except OSError as error:
        raise CannotRun(f"{path} cannot be read", why=str(error)) from error


def _one_terminal(path: Path) -> pa.Table:
    """A track as one table of one terminal."""
    parts = list(tables_of(path, {"terminal": "id"}))
    if not parts:
        raise BadInput(f"{path.name} has no positions")
    whole = pa.concat_tables(parts)
    return whole.set_column(0, "terminal", pa.array([path.name] * len(whole), pa.large_string()))
