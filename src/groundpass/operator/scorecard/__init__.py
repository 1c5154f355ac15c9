"""The scorecard of movement: what the tracks say of reports, held against what was so."""

from __future__ import annotations

from groundpass.operator.scorecard.card import Scorecard, Terms, score
from groundpass.operator.scorecard.recorded import Recorded, score_recorded
from groundpass.operator.scorecard.watch import Cap

__all__ = ["Cap", "Recorded", "Scorecard", "Terms", "score", "score_recorded"]
