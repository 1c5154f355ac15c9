"""The transparency log: verify."""

from __future__ import annotations

import click

from groundpass.doors.cli.folder import FolderGroup


@click.group(cls=FolderGroup)
def command() -> None:
    """Verify the transparency log of a feed."""
