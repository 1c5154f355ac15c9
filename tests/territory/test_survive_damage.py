"""A damaged file is read or refused, whatever byte is wrong: no other error, no invalid territory."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
import shapely

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.territory import read_border, read_territory
from groundpass.kernel.territory.formats import write_territory

if TYPE_CHECKING:
    from pathlib import Path

LAND = shapely.MultiPolygon(
    [
        shapely.Polygon([(30, 50), (34, 50), (34, 54)], [[(32, 50.5), (33, 50.5), (33, 51.5)]]),
        shapely.box(36, 50, 37, 51),
    ]
)
# The last one, found among 20,000, makes a Parquet dictionary be asked for what it does not hold.
SEEDS = (*range(400), 18_933)


def damaged(data: bytes, seed: int) -> bytes:
    """Some bytes changed, lost or put in."""
    chance, found = random.Random(seed), bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5])):
        place, much = chance.randrange(len(found)), chance.randrange(1, 9)
        match chance.randrange(4):
            case 0:
                found[place] = chance.randrange(256)
            case 1:
                found[place] ^= 1 << chance.randrange(8)
            case 2:
                del found[place : place + much]
            case _:
                found[place:place] = chance.randbytes(much)
    return bytes(found)


@pytest.mark.parametrize("ending", ["geojson", "wkb", "parquet", "hex"])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, ending: str) -> None:
    if ending == "hex":
        data = shapely.to_wkb(LAND, hex=True).encode()
    else:
        write_territory(tmp_path / f"land.{ending}", LAND, {"code": "ua"})
        data = (tmp_path / f"land.{ending}").read_bytes()
    refused = 0
    for seed in SEEDS:
        try:
            assert read_territory(damaged(data, seed)).is_valid
            assert not read_border(damaged(data, seed)).is_empty
        except BadGeometry:
            refused += 1
    assert 0 < refused < len(SEEDS)


@pytest.mark.parametrize("ending", ["geojson", "wkb", "parquet"])
def test_a_file_that_ends_too_early_is_refused_wherever_it_ends(tmp_path: Path, ending: str) -> None:
    write_territory(tmp_path / f"land.{ending}", LAND, {"code": "ua"})
    data = (tmp_path / f"land.{ending}").read_bytes()
    for size in range(1, len(data), max(1, len(data) // 200)):
        with pytest.raises(BadGeometry):
            read_territory(data[:size])
