"""Offices: add."""

from __future__ import annotations

import click

from groundpass.doors.cli.folder import FolderGroup


@click.group(cls=FolderGroup)
def command() -> None:
    """Add the offices at whose counters people register."""
