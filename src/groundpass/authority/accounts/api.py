"""The door of accounts."""

from __future__ import annotations

from groundpass.authority.accounts.commands.appoint import appoint, end_appointment
from groundpass.authority.accounts.commands.create_organisation import create_office, create_organisation
from groundpass.authority.accounts.commands.create_user import create_user
from groundpass.authority.accounts.commands.found import found
from groundpass.authority.accounts.domain.rights import RIGHTS, TITLES, Role, show_roles
from groundpass.authority.accounts.models import Appointment, Office, Organisation, TwoPersonModel, User
from groundpass.authority.accounts.queries import (
    all_rights_of,
    find_office,
    find_organisation,
    find_user,
    has_right,
    office_of,
    require,
    require_two,
    roles_of,
)

__all__ = [
    "RIGHTS",
    "TITLES",
    "Appointment",
    "Office",
    "Organisation",
    "Role",
    "TwoPersonModel",
    "User",
    "all_rights_of",
    "appoint",
    "create_office",
    "create_organisation",
    "create_user",
    "end_appointment",
    "find_office",
    "find_organisation",
    "find_user",
    "found",
    "has_right",
    "office_of",
    "require",
    "require_two",
    "roles_of",
    "show_roles",
]
