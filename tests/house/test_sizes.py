"""Small enough to be read whole: functions of 60 lines, files of 400, doors of 60.

A fused kernel function may have 200 lines: numba inlines nothing across calls, and there a call costs more
than the clarity that it buys. Migrations are written by Django and are not read.
"""

from __future__ import annotations

import ast
import statistics

from house.reading import ROOT, Function, committed, name, sources

FUNCTION = 60
FUSED_FUNCTION = 200  # kernel/compiled
FILE = 400
DOOR = 60
USUAL_FUNCTION = 13  # the median of code that people enjoy
NEARLY_EVERY_FUNCTION = 35  # nine of ten

OURS = [source for source in sources() if not source.is_migration]


def lines(function: Function) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_no_function_is_too_long_to_be_read_at_once() -> None:
    long = [
        f"{source.at(function)} {function.name}: {lines(function)} lines"
        for source in OURS
        for function in source.functions()
        if lines(function) > (FUSED_FUNCTION if source.within("kernel.compiled") else FUNCTION)
    ]
    assert not long, "\n".join(long)


def test_most_functions_are_short() -> None:
    sizes = sorted(lines(function) for source in OURS for function in source.functions())
    assert statistics.median(sizes) <= USUAL_FUNCTION
    assert sizes[len(sizes) * 9 // 10] <= NEARLY_EVERY_FUNCTION


def test_no_file_is_too_long() -> None:
    python = [path for path in committed() if path.suffix == ".py" and "migrations" not in path.parts]
    counts = {path: len(path.read_text("utf-8").splitlines()) for path in python}
    long = [f"{name(path)}: {count} lines" for path, count in counts.items() if count > FILE]
    assert not long, "\n".join(long)


def test_a_door_only_hands_on() -> None:
    """A docstring, imports, `__all__`: no function, no class, no rule lives in a door of a part."""
    wings = (ROOT / "src" / "groundpass" / "authority", ROOT / "src" / "groundpass" / "operator")
    doors = [source for source in OURS if source.path.name == "api.py" and wings[0] in source.path.parents]
    doors += [source for source in OURS if source.path == wings[1] / "api.py"]
    assert doors
    for door in doors:
        assert len(door.text.splitlines()) <= DOOR, door.at()
        body = [node for node in door.tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
        others = [node for node in body if not (is_docstring(node) or is_all(node))]
        assert not others, f"{door.at(others[0])}: a door imports and lists what it hands on, nothing else"
        assert any(is_all(node) for node in body), f"{door.at()} lists nothing in __all__"


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_all(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]
