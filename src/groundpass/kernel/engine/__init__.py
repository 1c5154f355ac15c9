"""What a verdict means: the reference, the fast paths, the explanation."""

from __future__ import annotations

from groundpass.kernel.engine.case import SKEW, Track
from groundpass.kernel.engine.explain import Explanation, Step, explain
from groundpass.kernel.engine.reference import Decision, decide_one
from groundpass.kernel.engine.reports import Report, Reports, country_code, country_text
from groundpass.kernel.engine.vectorised import Decisions, decide, put_moves
from groundpass.kernel.engine.view import ReleaseView

__all__ = [
    "SKEW",
    "Decision",
    "Decisions",
    "Explanation",
    "ReleaseView",
    "Report",
    "Reports",
    "Step",
    "Track",
    "country_code",
    "country_text",
    "decide",
    "decide_one",
    "explain",
    "put_moves",
]
