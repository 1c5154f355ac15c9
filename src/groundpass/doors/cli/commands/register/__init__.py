"""The register of terminals: import, show, approve."""

from __future__ import annotations

import click

from groundpass.doors.cli.folder import FolderGroup


@click.group(cls=FolderGroup)
def command() -> None:
    """Register terminals: import files, show a terminal, approve applications."""
