"""Where things may stand: near towns inside the territory, or outside of it near its border."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely

from groundpass.kernel.core.errors import BadInput

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from groundpass.operator.simulator.plan import Town
Floats = npt.NDArray[np.float64]

KM_A_DEGREE: Final = 111.195  # of latitude, on the mean sphere
_TOWN_KM: Final = 4.0  # standard deviation of a town's homes around its centre
_TRIES: Final = 12  # draws before a point falls back on a place known to be right


class Ground:
    """Draws places. `rng` is the plan's; the order of calls is part of what the seed means.

    front: the line that the other side crosses; where it is not given, the border.
    """

    def __init__(
        self,
        polygon: BaseGeometry,
        towns: list[Town],
        rng: np.random.Generator,
        front: BaseGeometry | None = None,
    ) -> None:
        self.rng = rng
        self._polygon = polygon
        self._front = polygon.boundary if front is None else front
        shapely.prepare(polygon)
        table = np.asarray(towns, np.float64)
        inside = self.holds(table[:, 0], table[:, 1])
        if not inside.any():
            raise BadInput(
                "None of the towns lies inside the territory",
                why="towns are (lat, lon, weight), the territory is lon/lat",
                todo="Give a town inside, or swap the axes",
            )
        self._lat, self._lon = table[inside, 0], table[inside, 1]
        self._share = table[inside, 2] / table[inside, 2].sum()

    def holds(self, lat: Floats, lon: Floats) -> npt.NDArray[np.bool_]:
        """Whether each point lies inside the territory."""
        return np.asarray(shapely.contains_xy(self._polygon, lon, lat), np.bool_)

    def in_towns(self, count: int, spread_km: float = _TOWN_KM) -> tuple[Floats, Floats]:
        """Draw lat, lon around towns, inside the territory."""
        town = self.rng.choice(len(self._lat), count, p=self._share)
        return self.near(self._lat[town], self._lon[town], 0.0, spread_km)

    def other_towns(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        """For each place the centre of one of the four nearest towns that is not its own."""
        squeeze = np.cos(np.radians(lat))[:, None]  # of a degree of longitude
        far = (self._lat - lat[:, None]) ** 2 + ((self._lon - lon[:, None]) * squeeze) ** 2
        rank = np.argsort(far, axis=1)[:, 1:5] if len(self._lat) > 1 else np.zeros((len(lat), 1), np.int64)
        pick = self.rng.integers(0, rank.shape[1], len(lat))
        town = rank[np.arange(len(lat)), pick]
        return self._lat[town], self._lon[town]

    def near(self, lat: Floats, lon: Floats, least_km: float, spread_km: float) -> tuple[Floats, Floats]:
        """Draw a point inside, `least_km` and about `spread_km` more from each place; else that place."""
        found_lat, found_lon = lat.copy(), lon.copy()
        open_rows = np.arange(len(lat))
        for _ in range(_TRIES):
            try_lat, try_lon = self._step(lat[open_rows], lon[open_rows], least_km, spread_km)
            good = self.holds(try_lat, try_lon)
            found_lat[open_rows[good]], found_lon[open_rows[good]] = try_lat[good], try_lon[good]
            open_rows = open_rows[~good]
        return found_lat, found_lon

    def abroad(self, count: int, least_km: float, spread_km: float) -> tuple[Floats, Floats]:
        """Draw lat, lon outside, at `least_km` plus about `spread_km` from points on the border."""
        return self._outside(*self._on(self._polygon.boundary, count), least_km, spread_km)

    def across(
        self, count: int, least_km: float, spread_km: float
    ) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """Draw pairs of lat, lon, one inside and one outside, both near the same point on the front."""
        edge = self._on(self._front, count)
        inside = self.near(*edge, least_km, spread_km)
        return inside, self._outside(*edge, least_km, spread_km)

    def _on(self, line: BaseGeometry, count: int) -> tuple[Floats, Floats]:
        """Draw lat, lon on a line."""
        places = shapely.line_interpolate_point(line, self.rng.random(count), normalized=True)
        return shapely.get_y(places), shapely.get_x(places)

    def _outside(self, lat: Floats, lon: Floats, least_km: float, spread_km: float) -> tuple[Floats, Floats]:
        """Draw a point outside, `least_km` and about `spread_km` more from each place."""
        found_lat, found_lon = self._beyond(len(lat))
        open_rows = np.arange(len(lat))
        for _ in range(_TRIES):
            try_lat, try_lon = self._step(lat[open_rows], lon[open_rows], least_km, spread_km)
            good = ~self.holds(try_lat, try_lon)
            found_lat[open_rows[good]], found_lon[open_rows[good]] = try_lat[good], try_lon[good]
            open_rows = open_rows[~good]
        return found_lat, found_lon

    def _beyond(self, count: int) -> tuple[Floats, Floats]:
        """Places that are outside for certain: half a degree past the south-western corner of the box."""
        west, south, _, _ = self._polygon.bounds
        return np.full(count, max(south - 0.5, -89.9)), np.full(count, max(west - 0.5, -179.9))

    def _step(self, lat: Floats, lon: Floats, least_km: float, spread_km: float) -> tuple[Floats, Floats]:
        far = (least_km + np.abs(self.rng.normal(0.0, spread_km, len(lat)))) / KM_A_DEGREE
        way = self.rng.random(len(lat)) * 2 * np.pi
        return lat + far * np.cos(way), lon + far * np.sin(way) / np.cos(np.radians(lat))
