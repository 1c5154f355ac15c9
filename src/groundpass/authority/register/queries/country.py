"""The classes in force at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Q

from groundpass.authority.audit.api import utc
from groundpass.authority.register.domain.country import ClassRules, Country, UsageRules
from groundpass.authority.register.domain.quota import Quota
from groundpass.authority.register.models import HolderClass, Terms, UsageClass
from groundpass.kernel.core.errors import CannotRun

if TYPE_CHECKING:
    from django.db.models import QuerySet

DAY: Final = 86_400  # seconds


def country_at(now: int) -> Country:
    """Classes with their terms in force at `now`. Raises CannotRun when no country was ever loaded."""
    moment = utc(now)
    begun = Q(starts=None) | Q(starts__lte=moment)
    terms = Terms.objects.select_related("holder_class").filter(begun, Q(ends=None) | Q(ends__gt=moment))
    holders = {row.holder_class.code: _rules(row) for row in terms.order_by("holder_class_id")}
    usages = {
        row.code: UsageRules(row.pk, row.code, row.profile) for row in UsageClass.objects.order_by("pk")
    }
    if not holders or not usages:
        raise CannotRun(
            "The register has no holder classes in force",
            why="the file of a country was not loaded, or its terms begin later",
            todo="Load one with `groundpass register classes`",
        )
    return Country(holders, usages)


def holder_classes() -> QuerySet[HolderClass]:
    """Every holder class, for forms, in the order of its country's file."""
    return HolderClass.objects.order_by("pk")


def usage_classes() -> QuerySet[UsageClass]:
    """Every usage class, for forms, in the order of its country's file."""
    return UsageClass.objects.order_by("pk")


def _rules(row: Terms) -> ClassRules:
    holder_class = row.holder_class
    return ClassRules(
        holder_class.pk,
        holder_class.code,
        holder_class.tax_id_scheme,
        tuple(holder_class.documents),
        holder_class.protected,
        Quota(row.quota_unseen, row.quota_shown),
        row.validity_days * DAY,
        row.approve_by_rule,
    )
