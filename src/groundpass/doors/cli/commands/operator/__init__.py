"""What runs at the operator; nothing here needs the authority's part."""

from __future__ import annotations

import click

from groundpass.doors.cli.folder import FolderGroup


@click.group(cls=FolderGroup)
def command() -> None:
    """Run at the operator: keys, store, sync, decide, explain, report."""
