"""A run as a picture: rates of ours, of peers and of the bounds; and each target against its line.

python plot.py RESULTS.json OUT.svg     (in .venv-bench)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

OURS, PEER, BOUND = "#1f5f8b", "#b0b7bd", "#d9a441"
HELD, LOST = "#3b7d4f", "#b23b3b"


def rates(axes: plt.Axes, measures: dict[str, Any]) -> None:
    """Rows a second, on a scale of powers of ten."""
    some = [one for key, one in measures.items() if one["value"] and one["unit"] == "rows/s" and kept(key)]
    colours = [BOUND if one["what"].startswith("bound") else PEER if peer(one) else OURS for one in some]
    names = [f"{one['what']}  ·  {short(one['part'])}" for one in some]
    bars = axes.barh(range(len(some)), [one["value"] for one in some], color=colours, height=0.75)
    axes.bar_label(bars, [f"{one['value'] / 1e6:.3g} M" for one in some], padding=3, fontsize=7)
    axes.set_yticks(range(len(some)), names, fontsize=7)
    axes.set_xscale("log")
    axes.invert_yaxis()
    axes.margins(x=0.15, y=0.01)
    axes.set_title("Rows a second: ours (blue), peers (grey), what the machine allows (yellow)", loc="left")


def kept(key: str) -> bool:
    """Two threads and all kinds of positions would make it long: the city-like ones on one thread stay."""
    words = key.split("/")
    return words[0] != "decide" or (words[-1] == "1" and (words[2] == "C" or words[3] != "1"))


def peer(measure: dict[str, Any]) -> bool:
    """Whether a figure is somebody else's."""
    words = ("DuckDB", "PostGIS", "GeoPandas", "polars", "shapely", "Cedar")
    return any(word in measure["what"] for word in words)


def short(part: str) -> str:
    """Of the name of a part what tells it from others: its first words, and how many entries."""
    words = part.split(", ")
    return ", ".join(word.removesuffix(" entries") for word in words[: 2 if "entries" in part else 1])


def targets(axes: plt.Axes, reached: list[dict[str, Any]]) -> None:
    """What was reached, as a multiple of what is to hold; beyond 1 is good."""
    some = [one for one in reached if one["reached"] is not None and one["hold"]]
    better = [one["better"] == "lower" for one in some]
    values = [
        one["hold"] / one["reached"] if low else one["reached"] / one["hold"]
        for one, low in zip(some, better, strict=True)
    ]
    aims = [
        one["hold"] / one["aim"] if low else one["aim"] / one["hold"]
        for one, low in zip(some, better, strict=True)
    ]
    axes.barh(range(len(some)), values, color=[HELD if value >= 1 else LOST for value in values], height=0.6)
    axes.plot(aims, range(len(some)), "|", color="black", markersize=12)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(range(len(some)), [one["title"] for one in some], fontsize=7)
    axes.invert_yaxis()
    axes.set_title("Reached, in multiples of what is to hold (stroke: aim)", loc="left")


def main() -> None:
    """Draw."""
    found = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    plt.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "groundpass", "font.size": 8}
    many = sum(1 for key, one in found["measures"].items() if one["value"] and kept(key))
    figure, (left, right) = plt.subplots(2, 1, figsize=(9, 3 + many / 6), height_ratios=[many, 18])
    rates(left, found["measures"])
    targets(right, found["targets"])
    machine = found["machine"]
    figure.suptitle(
        f"{machine['cpu']}, {machine['cores']} cores, {found['profile']}, {machine['commit']}", fontsize=8
    )
    figure.tight_layout()
    figure.savefig(sys.argv[2], metadata={"Date": None})


if __name__ == "__main__":
    main()
