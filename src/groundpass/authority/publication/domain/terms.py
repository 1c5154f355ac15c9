"""What a rule grants a profile, and whether another rule grants less.

1. Where no rule is in force nothing is denied.
2. A rule takes service if it denies where the other did not, permits a territory fewer or one that has
   shrunk, or gives a shorter grace.
3. A rule slows if it caps the speed where the other did not, or lower, or sooner, or releases later. Whom
   that stops nobody knows beforehand: it is told apart from taking.
4. `watch` denies nothing.
5. Both are partial orders, so what got worse between two states got worse at a step between them: the brake
   may count step by step and miss nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundpass.kernel.core.verdicts import UNLISTED, Action

if TYPE_CHECKING:
    from collections.abc import Collection

    from groundpass.kernel.core.state import Rule, State


class Terms:
    """The rules of a state, found by territory, profile and second."""

    def __init__(self, state: State) -> None:
        self._rules: dict[tuple[str, str], list[Rule]] = {}
        for rule in state.rules:
            self._rules.setdefault((rule.territory, rule.profile), []).append(rule)

    def at(self, territory: str, profile: str, second: int) -> Rule | None:
        """The rule in force for a pair; None where there is none, or no territory (its id is "")."""
        rules = self._rules.get((territory, profile), ())
        return next((rule for rule in rules if rule.effective.contains(second)), None)


def denies(rule: Rule | None) -> bool:
    """Whether it denies whoever has the profile, wherever and however they move."""
    return rule is not None and rule.action == Action.DENY


def takes(old: Rule | None, new: Rule | None, shrunk: Collection[str] = ()) -> bool:
    """Whether `new` denies what `old` granted. `shrunk`: ids of territories with less land."""
    if new is None or denies(old):
        return False
    return denies(new) or _permits_less(old, new, shrunk) or _graces_less(old, new)


def slows(old: Rule | None, new: Rule | None) -> bool:
    """Whether `new` caps the speed harder than `old`."""
    if new is None or denies(old) or denies(new) or new.speed_cap is None:
        return False
    if old is None or old.speed_cap is None:
        return True
    return new.speed_cap < old.speed_cap or new.sustained < old.sustained or new.release > old.release


def _graces_less(old: Rule | None, new: Rule) -> bool:
    return old is not None and new.profile != UNLISTED and new.grace < old.grace


def _permits_less(old: Rule | None, new: Rule, shrunk: Collection[str]) -> bool:
    if new.permitted is None:
        return False
    if old is None or old.permitted is None:
        return True
    return bool(set(old.permitted) - set(new.permitted) or set(new.permitted) & set(shrunk))
