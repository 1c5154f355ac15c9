"""Organisations: add, list."""

from __future__ import annotations

import click

from groundpass.doors.cli.folder import FolderGroup


@click.group(cls=FolderGroup)
def command() -> None:
    """Add and list the organisations for which people act."""
