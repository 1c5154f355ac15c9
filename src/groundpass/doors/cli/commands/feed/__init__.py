"""Feeds: create, list."""

from __future__ import annotations

import click

from groundpass.doors.cli.folder import FolderGroup


@click.group(cls=FolderGroup)
def command() -> None:
    """Create and list the feeds that carry releases to operators."""
