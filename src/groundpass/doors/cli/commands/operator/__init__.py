"""What runs at the operator; nothing here needs the authority's part."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli.folder import FolderGroup

store_option = click.option(
    "--store",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The operator's store.",
)


@click.group(cls=FolderGroup)
def command() -> None:
    """Run at the operator: keys, store, sync, decide, explain, report."""
