"""Which machine and which program a figure belongs to."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("groundpass", "numpy", "numba", "llvmlite", "pyarrow", "shapely")
CPU = Path("/sys/devices/system/cpu/cpu0/cache")


def describe() -> dict[str, object]:
    """Everything that moves a figure: processor, caches, memory, versions, what else runs, which commit."""
    return {
        "cpu": _line(Path("/proc/cpuinfo"), "model name") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "caches": _caches(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "huge_pages": _chosen(_text(Path("/sys/kernel/mm/transparent_hugepage/enabled"))),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "load_at_start": round(os.getloadavg()[0], 2),
        "commit": _commit(),
    }


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return ""


def _line(path: Path, name: str) -> str:
    """The value of the first line `name : value` of a file."""
    found = (line.partition(":") for line in _text(path).splitlines() if line.startswith(name))
    return next((value.strip() for _, _, value in found), "")


def _chosen(words: str) -> str:
    """The word in brackets of a list of choices."""
    return words.partition("[")[2].partition("]")[0]


def _caches() -> dict[str, str]:
    """Size of each cache that the first core sees."""
    found = {}
    for place in sorted(CPU.glob("index*")):
        kind = {"Data": "d", "Instruction": "i"}.get(_text(place / "type"), "")
        found[f"L{_text(place / 'level')}{kind}"] = _text(place / "size")
    return found


def _commit() -> str:
    """The commit, with a plus where files differ from it."""
    try:
        words = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
