"""Who may do what: rights → roles, as plain data.

1. A right is granted by a role, never to a person; a person has roles by appointments, as many as there are.
2. No role has every right, and none that changes the register may also publish.
3. An appointment in an authority's organisation, or in none, covers every organisation; one in another
   organisation covers that one alone. An appointment at an office covers that office alone.
4. Two-person acts need two people, whatever their roles: that is not a right, it is `require_two` and a
   constraint of the database.
"""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import Final


class Role(enum.StrEnum):
    """What a person is appointed as."""

    CLERK = "clerk"
    OFFICE_HEAD = "office_head"
    REVIEWER = "reviewer"
    OFFICER = "officer"
    LIAISON = "liaison"
    ENGINEER = "engineer"
    AUDITOR = "auditor"
    HOLDER = "holder"
    ADMIN = "admin"
    SYSTEM = "system"


TITLES: Final = MappingProxyType(
    {
        Role.CLERK: "clerk",
        Role.OFFICE_HEAD: "head of office",
        Role.REVIEWER: "reviewer",
        Role.OFFICER: "policy officer",
        Role.LIAISON: "liaison of the protected channel",
        Role.ENGINEER: "operator's engineer",
        Role.AUDITOR: "auditor",
        Role.HOLDER: "holder",
        Role.ADMIN: "administrator",
        Role.SYSTEM: "the system itself",
    }
)

_COUNTER: Final = frozenset({Role.CLERK, Role.OFFICE_HEAD})

RIGHTS: Final = MappingProxyType(
    {
        "register.submit": _COUNTER | {Role.LIAISON},
        "register.submit_protected": frozenset({Role.LIAISON}),
        "register.approve": frozenset({Role.REVIEWER}),
        "register.approve_by_rule": frozenset({Role.SYSTEM}),
        "register.suspend": frozenset({Role.REVIEWER}),
        "register.revoke": frozenset({Role.REVIEWER}),
        "register.read": _COUNTER | {Role.REVIEWER, Role.AUDITOR},
        "register.read_protected": frozenset({Role.LIAISON}),
        "register.configure": frozenset({Role.OFFICER, Role.ADMIN}),
        "territory.import": frozenset({Role.OFFICER}),
        "policy.propose": frozenset({Role.OFFICER}),
        "policy.approve": frozenset({Role.OFFICER}),
        "policy.read": frozenset({Role.OFFICER, Role.REVIEWER, Role.AUDITOR, Role.ENGINEER, Role.SYSTEM}),
        "release.build": frozenset({Role.OFFICER, Role.SYSTEM}),
        "release.assess": frozenset({Role.OFFICER, Role.SYSTEM}),
        "release.publish": frozenset({Role.OFFICER, Role.SYSTEM}),
        "release.read": frozenset({Role.OFFICER, Role.AUDITOR, Role.ENGINEER, Role.SYSTEM}),
        "enforcement.ingest": frozenset({Role.ENGINEER, Role.OFFICER, Role.SYSTEM}),
        "enforcement.read": frozenset(
            {Role.OFFICER, Role.REVIEWER, Role.AUDITOR, Role.ENGINEER, Role.SYSTEM}
        ),
        "telemetry.ingest": frozenset({Role.ENGINEER, Role.OFFICER, Role.SYSTEM}),
        "audit.read": frozenset({Role.AUDITOR}),
        "accounts.manage": frozenset({Role.ADMIN}),
        "log.read": frozenset({Role.OFFICER, Role.AUDITOR, Role.ENGINEER}),
    }
)


def roles_with(right: str) -> frozenset[Role]:
    """The roles that grant a right. Raises KeyError for a right that does not exist."""
    return RIGHTS[right]


def rights_of(roles: frozenset[Role]) -> frozenset[str]:
    """The rights that these roles grant together."""
    return frozenset(right for right, granted in RIGHTS.items() if granted & roles)


def show_roles(roles: frozenset[Role]) -> str:
    """Roles as people read them, in the order of `Role`."""
    names = [TITLES[role] for role in Role if role in roles]
    return ", ".join(names) if names else "no role"
