"""What a reader of files gives: polygons and lines as they were drawn, each with its place in the file.

The bounds of a file stand here. They are far above any border that is drawn by people, and low enough that a
file which was made to harm costs seconds and not the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from groundpass.kernel.core.errors import BadGeometry

if TYPE_CHECKING:
    from groundpass.kernel.territory.antimeridian import Ring

MAX_BYTES: Final = 256 * 2**20  # of a file, packed or unpacked
MAX_DEPTH: Final = 16  # of nested collections
MAX_RINGS: Final = 200_000  # of a territory: polygons and holes
MAX_VERTICES: Final = 4_000_000  # of a territory: what a release carries of one
PAIR: Final = 2  # numbers that are read of a position

POLYGONS: Final = frozenset({"Polygon"})  # what a territory is made of
BORDERS: Final = frozenset({"Polygon", "LineString"})  # what a border may be given as


class Drawn(NamedTuple):
    """A polygon (its shell, then its holes) or a line (one column), as written.

    where: path in the file, of its coordinates · kind: "Polygon" or "LineString" · rings: float64[n, 2] each.
    """

    where: str
    kind: str
    rings: list[Ring]

    def name_of(self, ring: int) -> str:
        """The path of one of its rings, or of the line itself."""
        return self.where if self.kind == "LineString" else f"{self.where}[{ring}]"


def refuse_kind(where: str, kind: str, wanted: frozenset[str]) -> BadGeometry:
    """The error for a point among polygons, and the like."""
    if wanted == POLYGONS:
        return BadGeometry(
            f"{where} is a {kind}, not a polygon",
            why="a territory is made of polygons alone",
            todo="Take it out of the file",
        )
    return BadGeometry(
        f"{where} is a {kind}, neither a line nor a polygon",
        why="a border is a line, or the edge of a polygon",
        todo="Take it out of the file",
    )


def too_large(limit: int, unit: str) -> BadGeometry:
    """The error for a file beyond one of the bounds."""
    return BadGeometry(f"The file has more than {limit} {unit}", todo="Simplify it")
