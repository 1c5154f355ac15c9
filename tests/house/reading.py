"""The repository's own files as the house tests read them."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "groundpass"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file of the package."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def module(self) -> str:
        parts = self.path.relative_to(PACKAGE.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.path.parts

    def within(self, *modules: str) -> bool:
        """Whether it is, or lies below, one of these modules, named without the leading `groundpass.`."""
        return any(f"{self.module}.".startswith(f"groundpass.{module}.") for module in modules)

    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def at(self, node: ast.expr | ast.stmt | None = None) -> str:
        """Say where a fault is, as editors open it."""
        return name(self.path) + (f":{node.lineno}" if node else "")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources() -> list[Source]:
    """Every Python file of the package."""
    return [Source(path) for path in sorted(PACKAGE.rglob("*.py"))]


def committed() -> list[Path]:
    """Every file that git holds or would hold: what a stranger gets who clones this."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = (ROOT / line for line in listing.stdout.split("\0") if line)
    return [path for path in paths if path.is_file()]
