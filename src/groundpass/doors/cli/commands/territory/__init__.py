"""Governed areas: import, list, show, compare, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from groundpass.doors.cli.folder import FolderGroup

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.authority.policy.api import Territory


@click.group(cls=FolderGroup)
def command() -> None:
    """Import, compare and export the territories that rules speak of."""


def facts_of(row: Territory) -> dict[str, object]:
    """A territory at one version as data; times are UTC."""
    return {
        "id": row.code,
        "version": row.version,
        "name": row.name,
        "precedence": row.precedence,
        "from": row.starts,
        "until": row.ends,
        "country": row.country,
        "licence": row.licence,
    }


def collection(path: Path, features: list[dict[str, object]]) -> None:
    """Write GeoJSON features into a file."""
    import msgspec

    path.write_bytes(msgspec.json.encode({"type": "FeatureCollection", "features": features}))
