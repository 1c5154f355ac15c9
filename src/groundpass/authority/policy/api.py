"""The door of policy: territories, rule sets, and what of them is in force at a moment."""

from groundpass.authority.policy.commands.approve import approve, withdraw
from groundpass.authority.policy.commands.import_territory import import_territory
from groundpass.authority.policy.commands.propose import propose
from groundpass.authority.policy.domain.changes import Change, changes, km2
from groundpass.authority.policy.models import RuleSet, Territory
from groundpass.authority.policy.queries import (
    Options,
    country,
    faces_at,
    geojson,
    known_profiles,
    ruleset,
    ruleset_at,
    rulesets,
    shape_of,
    state_parts,
    territory,
    territory_at,
    versions,
)
from groundpass.authority.policy.queries import latest as territories

__all__ = [
    "Change",
    "Options",
    "RuleSet",
    "Territory",
    "approve",
    "changes",
    "country",
    "faces_at",
    "geojson",
    "import_territory",
    "km2",
    "known_profiles",
    "propose",
    "ruleset",
    "ruleset_at",
    "rulesets",
    "shape_of",
    "state_parts",
    "territories",
    "territory",
    "territory_at",
    "versions",
    "withdraw",
]
