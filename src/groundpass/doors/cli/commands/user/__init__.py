"""The people who act: add, list, appoint."""

from __future__ import annotations

import click

from groundpass.doors.cli.folder import FolderGroup


@click.group(cls=FolderGroup)
def command() -> None:
    """Add and list the people who act, and appoint them to roles."""
