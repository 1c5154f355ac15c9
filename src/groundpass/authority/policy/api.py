"""The door of policy: territories, rule sets, and what of them is in force at a moment."""

from groundpass.authority.policy.commands.approve import approve, withdraw
from groundpass.authority.policy.commands.import_territory import import_territory
from groundpass.authority.policy.commands.propose import propose
from groundpass.authority.policy.models import RuleSet, Territory
from groundpass.authority.policy.queries import (
    Options,
    country,
    geojson,
    known_profiles,
    ruleset,
    ruleset_at,
    rulesets,
    state_parts,
    territory,
)
from groundpass.authority.policy.queries import latest as territories

__all__ = [
    "Options",
    "RuleSet",
    "Territory",
    "approve",
    "country",
    "geojson",
    "import_territory",
    "known_profiles",
    "propose",
    "ruleset",
    "ruleset_at",
    "rulesets",
    "state_parts",
    "territories",
    "territory",
    "withdraw",
]
