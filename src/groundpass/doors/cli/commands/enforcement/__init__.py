"""Operators' reports: ingest, list, cases, decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from groundpass.doors.cli.folder import FolderGroup

if TYPE_CHECKING:
    from groundpass.authority.enforcement.api import IncomingReport


@click.group(cls=FolderGroup)
def command() -> None:
    """Take in operators' reports and compare act with promise."""


def facts_of(report: IncomingReport) -> dict[str, object]:
    """A report as data; times are UTC."""
    return {
        "report": report.pk,
        "feed": report.feed.name,
        "release": report.serial,
        "applied": report.applied_at,
        "ingested": report.ingested_at,
        "decided": report.counts["decided"],
        "observed": report.counts["observed"],
    }
