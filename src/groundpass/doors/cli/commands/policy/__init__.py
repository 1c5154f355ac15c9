"""Rule sets: propose, approve, list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from groundpass.doors.cli.folder import FolderGroup

if TYPE_CHECKING:
    from groundpass.authority.policy.api import RuleSet


@click.group(cls=FolderGroup)
def command() -> None:
    """Propose a rule set and approve it as a second officer."""


def facts_of(row: RuleSet) -> dict[str, object]:
    """A rule set as data; times are UTC."""
    return {
        "number": row.number,
        "title": row.title,
        "state": str(row.state),
        "effective_from": row.effective_from,
        "proposed_by": row.proposed_by.username,
        "approved_by": row.approved_by.username if row.approved_by else None,
    }
