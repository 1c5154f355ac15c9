"""The door of enforcement: operators' reports, what they show, the cases that persons decide."""

from groundpass.authority.enforcement.commands.decide_case import decide_case
from groundpass.authority.enforcement.commands.ingest import ingest
from groundpass.authority.enforcement.commands.reconcile import reconcile
from groundpass.authority.enforcement.domain.figures import Delays, Figures, Share, Spread
from groundpass.authority.enforcement.models import Case, IncomingReport, Reconciliation
from groundpass.authority.enforcement.queries import (
    Effect,
    Reading,
    cases,
    effect,
    figures_of,
    find_case,
    find_report,
    kind_text,
    reports,
)

__all__ = [
    "Case",
    "Delays",
    "Effect",
    "Figures",
    "IncomingReport",
    "Reading",
    "Reconciliation",
    "Share",
    "Spread",
    "cases",
    "decide_case",
    "effect",
    "figures_of",
    "find_case",
    "find_report",
    "ingest",
    "kind_text",
    "reconcile",
    "reports",
]
