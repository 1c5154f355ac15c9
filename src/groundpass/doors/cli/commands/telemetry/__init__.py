"""What was seen active: ingest."""

from __future__ import annotations

import click

from groundpass.doors.cli.folder import FolderGroup


@click.group(cls=FolderGroup)
def command() -> None:
    """Take in what was seen active, for the assessment of releases."""
