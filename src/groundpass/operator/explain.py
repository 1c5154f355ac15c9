"""One verdict explained from a store: the same steps as those of `decide`, told one by one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from groundpass.kernel.core.ids import block, normalise
from groundpass.kernel.core.intervals import NO_TIME
from groundpass.kernel.engine.explain import Explanation, explain
from groundpass.kernel.engine.reports import Report
from groundpass.kernel.trust.keying import entry_keys
from groundpass.operator.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def explain_one(  # noqa: PLR0913 - the parts of one report, named where it is called
    store: Path | str | Store,
    terminal: str,
    *,
    now_ns: int,
    time_ns: int = NO_TIME,
    lat: float = math.nan,
    lon: float = math.nan,
    uncertainty_m: float = math.nan,
    cell: int = 0,
    country: str = "",
    speed_mps: float = math.nan,
) -> Explanation:
    """Decide one report by the store's release, and tell how; nothing is written down.

    Args:
        store: the operator's store.
        terminal: an identifier under the release's scheme, as people write it.
        now_ns: UTC ns.
        time_ns: of the report, UTC ns.
        lat: degrees WGS84.
        lon: degrees WGS84.
        uncertainty_m: radius in metres; NaN or 0 is a point.
        cell: H3 cell, 0 for none.
        country: ISO 3166 alpha-2, "" for none.
        speed_mps: m/s.

    Raises:
        BadIdentifier: the identifier does not read; it says what is wrong, and the likely fix.
        CannotRun: there is no store or no release.
    """
    place = store if isinstance(store, Store) else Store.open(store)
    release = place.current_release()
    state = place.state_of(release.pointer)
    identifier = normalise(terminal, state.scheme)
    blocks = np.frombuffer(block(identifier), np.uint8).reshape(1, -1)
    key = int(entry_keys(blocks, place.feed_keys(release).keying)[0])
    report = Report(key, time_ns, lat, lon, uncertainty_m, cell, country.strip().upper(), speed_mps)
    return explain(state, report, now_ns=now_ns)
