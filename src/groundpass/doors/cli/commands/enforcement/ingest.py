"""`groundpass enforcement ingest`: verify an operator's report and hold it against what was published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.enforcement import facts_of
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import print_facts, print_json

if TYPE_CHECKING:
    from groundpass.authority.enforcement.api import Figures, Share


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_option
@now_option
@json_option
def command(*, file: Path, username: str | None, now: int, as_json: bool) -> None:
    """Take in the signed report FILE and reconcile it with the releases that it answers for.

    A report that its operator did not sign, or about a release that was never published so, is refused.
    """
    actor = authority.acting(username)
    import msgspec

    from groundpass.authority.enforcement.api import figures_of, ingest, reconcile

    report = ingest(file, actor=actor, now=now)
    figures = figures_of(reconcile(report, actor=actor, now=now))
    if as_json:
        print_json({**facts_of(report), "figures": msgspec.to_builtins(figures)})
    else:
        print_facts({**facts_of(report), **_read(figures)})


def _read(figures: Figures) -> dict[str, object]:
    """The figures as a person reads them; what nobody can know is said so."""
    delays = figures.time_to_enforce
    differences = {kind: counts["found"] for kind, counts in figures.differences.items() if counts["found"]}
    return {
        "leak_rate": _share(figures.leak_rate),
        "false_cut_rate": _share(figures.false_cut_rate),
        "time_to_enforce": "not known" if delays.max is None else f"{delays.max:.2f} s at most",
        "differences": ", ".join(f"{count} {kind}" for kind, count in differences.items()) or "none",
    }


def _share(share: Share) -> str:
    """A share with its counts."""
    if share.value is None:
        return "not known"
    return f"{share.value:.3%} ({share.numerator:,} of {share.denominator:,})"
