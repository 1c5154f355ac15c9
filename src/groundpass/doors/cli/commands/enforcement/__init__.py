"""Operators' reports: ingest, list."""

from __future__ import annotations

import click

from groundpass.doors.cli.folder import FolderGroup


@click.group(cls=FolderGroup)
def command() -> None:
    """Take in operators' enforcement reports and compare act with promise."""
