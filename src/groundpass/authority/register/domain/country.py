"""What a country's law says of holders and usage, as plain values of one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundpass.authority.register.domain.quota import Quota


@dataclass(frozen=True, slots=True)
class ClassRules:
    """A holder class under the terms in force.

    tax_id_scheme: of python-stdnum, "" for none · documents: the kinds of proof, none needed when empty
    validity: in seconds · protected: known by a sealed reference alone.
    """

    id: int
    code: str
    tax_id_scheme: str
    documents: tuple[str, ...]
    protected: bool
    quota: Quota
    validity: int
    approve_by_rule: bool


@dataclass(frozen=True, slots=True)
class UsageRules:
    """A usage class and the profile that it gives."""

    id: int
    code: str
    profile: str


@dataclass(frozen=True, slots=True)
class Country:
    """The classes in force, by code."""

    holders: Mapping[str, ClassRules]
    usages: Mapping[str, UsageRules]
