"""What a browser loads: built by us, of our own look, small enough for a bad line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
BUILT: Final = ROOT / "src" / "groundpass" / "doors" / "web" / "static" / "built"
FORM_PAGE: Final = 150_000  # bytes of a first visit to a form, its page included
OWN_PAGE: Final = 30_000  # bytes kept for the page itself
WORLD: Final = 400_000


@pytest.fixture(scope="module")
def manifest() -> dict[str, str]:
    path = BUILT / "manifest.json"
    assert path.is_file(), "the front end is not built: run `make setup`"
    read: dict[str, str] = json.loads(path.read_text("utf-8"))
    return read


def test_a_first_visit_to_a_form_stays_within_its_budget(manifest: dict[str, str]) -> None:
    compressed = [BUILT / (manifest[name] + ".gz") for name in ("app.css", "app.js", "favicon.svg")]
    fonts = [BUILT / built for name, built in manifest.items() if name.endswith(".woff2")]
    assert sum(path.stat().st_size for path in compressed + fonts) + OWN_PAGE <= FORM_PAGE


def test_the_world_behind_a_map_is_small(manifest: dict[str, str]) -> None:
    assert (BUILT / manifest["world.geojson"]).stat().st_size < WORLD


def test_the_name_of_a_built_file_comes_from_its_content(manifest: dict[str, str]) -> None:
    for name, built in manifest.items():
        stem, digest, suffix = built.rsplit(".", 2)
        assert name == f"{stem}.{suffix}"
        assert len(digest) == 12


def test_nothing_of_another_government_s_look_is_in_the_style_sheet(manifest: dict[str, str]) -> None:
    css = (BUILT / manifest["app.css"]).read_text("utf-8")
    assert "GDS Transport" not in css
    assert "crown" not in css.lower()
    assert "Source Sans 3" in css


def test_no_built_file_asks_another_host_for_anything(manifest: dict[str, str]) -> None:
    for name in ("app.css", "map.css"):
        css = (BUILT / manifest[name]).read_text("utf-8")
        assert "url(http" not in css
        assert "@import" not in css


def test_the_lock_holds_no_registry_address() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert "registry." not in lock
