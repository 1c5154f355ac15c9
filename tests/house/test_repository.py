"""What is committed: our own work, that speaks of itself, with exceptions that only shrink."""

from __future__ import annotations

import re
import tomllib

from house.reading import ROOT, committed, name

THIRD_PARTY = re.compile(
    r"(\.min\.(js|css)|\.(woff2?|ttf|otf|eot|map|mo|whl|so|pyc))$|(^|/)(node_modules|built|vendor|dist)/|(^|/)uv\.lock$"
)
ELSEWHERE = re.compile(r"\.\./shared|(?<![\w>.}/])/(work|root|home/\w+)/|/tmp/[a-z]+-\d")
EXCEPTION = re.compile(r"#\s*(noqa|type:\s*ignore)\b([^#\n]*)(#[^\n]*)?")
WITH_REASON = re.compile(r"noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*\s*-+\s*\w+|type: ignore\[[\w, -]+\]\s*(#|-)\s*\w+")
BINARY = {".png", ".webp", ".bin", ".xlsx", ".parquet", ".arrow", ".gz", ".ico", ".jpg"}
OWN_RULES = "tests/house/"  # the only place that has to name what it forbids


def text_files() -> dict[str, str]:
    return {
        name(path): path.read_text("utf-8", errors="replace")
        for path in committed()
        if path.suffix not in BINARY and not name(path).startswith(OWN_RULES)
    }


def test_nothing_of_third_parties_is_committed() -> None:
    found = [name(path) for path in committed() if THIRD_PARTY.search(name(path))]
    assert not found, "\n".join(found)


def test_no_large_file_is_committed() -> None:
    large = [
        f"{name(path)}: {path.stat().st_size} bytes"
        for path in committed()
        if path.stat().st_size > 1_500_000
    ]
    assert not large, "\n".join(large)


def test_the_repository_speaks_only_of_itself() -> None:
    """No path of somebody's machine, no folder beside the checkout: a stranger has neither."""
    found = [
        f"{file}:{number}: {line.strip()[:120]}"
        for file, text in text_files().items()
        for number, line in enumerate(text.splitlines(), 1)
        if ELSEWHERE.search(line)
    ]
    assert not found, "\n".join(found)


def exceptions() -> dict[str, list[str]]:
    """Every line that tells a tool to look away, by kind."""
    found: dict[str, list[str]] = {"noqa": [], "type: ignore": []}
    for file, text in text_files().items():
        if not file.endswith(".py"):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if match := EXCEPTION.search(line):
                kind = "noqa" if match[1] == "noqa" else "type: ignore"
                found[kind].append(f"{file}:{number}: {line[match.start() :]}")
    return found


def test_every_exception_has_its_reason() -> None:
    bare = [place for places in exceptions().values() for place in places if not WITH_REASON.search(place)]
    assert not bare, "\n".join(bare)


def test_exceptions_only_shrink() -> None:
    """More than the kept number is refused; after fewer, the kept number has to follow, and so stays low."""
    kept = tomllib.loads((ROOT / "tests/house/ratchet.toml").read_text("utf-8"))
    now = {kind: len(places) for kind, places in exceptions().items()}
    assert now == kept, "Remove the new exception, or lower the number in tests/house/ratchet.toml."


def test_requirements_are_hashed_and_name_no_index() -> None:
    for path in [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "bench" / "requirements.txt"]:
        text = path.read_text("utf-8")
        pins = re.findall(r"^[a-z0-9].*", text, re.MULTILINE)
        assert pins, path
        for pin in pins:
            assert re.match(r"^[a-z0-9._-]+==[^ ]+( ; .*)? \\$", pin), f"{path.name}: {pin}"
        assert "://" not in text, (
            f"{path.name} names an index or a file: PyPI or a mirror is the reader's choice"
        )


def pins(file: str) -> set[str]:
    text = (ROOT / "requirements" / file).read_text("utf-8")
    return set(re.findall(r"^[a-z0-9][^ ]*", text, re.MULTILINE))


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    asked = [*project["project"]["dependencies"], *(one for some in extras.values() for one in some)]
    pinned = {pin.partition("==")[0] for pin in pins("run.txt")}
    names = {re.split(r"[^a-z0-9._-]", requirement.lower())[0] for requirement in asked}
    assert names <= pinned, f"run tools/lock: {sorted(names - pinned)} are not pinned"


def test_the_smaller_set_holds_the_versions_that_were_tested() -> None:
    assert pins("run.txt") <= pins("dev.txt")
