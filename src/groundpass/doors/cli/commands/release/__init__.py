"""Releases: build, assess, publish, list."""

from __future__ import annotations

import click

from groundpass.doors.cli.folder import FolderGroup


@click.group(cls=FolderGroup)
def command() -> None:
    """Build a release, assess whom it cuts off, publish it."""
