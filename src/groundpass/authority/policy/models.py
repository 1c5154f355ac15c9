"""Territories at their versions, and the rule sets that pin them.

Rows of this part never change what they say: a territory that changes is a new version, a rule set that
changes is a new number. Only the state of a rule set moves, from proposed to approved or withdrawn, once.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from groundpass.authority.accounts.api import TwoPersonModel
from groundpass.kernel.core.verdicts import Action, WhenUncertain


class Territory(models.Model):
    """A governed area at one version.

    `content_sha256` is over everything that is imported: the same file imported again gives no new version.
    `buffer`: what was made of the file, as "band 50 km inside", or ""; `buffer_error_m`: by how many metres
    its edge may be off; `buffer_along_sha256`: of the border that its distance counts from, if not its own.
    """

    PERSONAL_DATA: ClassVar[str] = "none; imported_by names a member of staff by reference"

    code = models.SlugField(max_length=64, allow_unicode=False)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    wkb = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    starts = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    precedence = models.IntegerField()
    when_uncertain = models.PositiveSmallIntegerField(
        choices=[(kind.value, kind.name) for kind in WhenUncertain]
    )
    settle = models.PositiveIntegerField()
    country = models.CharField(max_length=2, blank=True)
    source = models.CharField(max_length=500, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    buffer = models.CharField(max_length=100, blank=True)
    buffer_error_m = models.FloatField(null=True)
    buffer_along_sha256 = models.CharField(max_length=64, blank=True)
    content_sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="one_territory_a_version")
        ]
        ordering: ClassVar = ["code", "version"]

    def __str__(self) -> str:
        return f"{self.code} version {self.version}"


class RuleSet(TwoPersonModel):
    """What two officers agreed: dated rules over pinned territories.

    In force from `effective_from` until a later one is; `text` is the proposal as it was written.
    """

    PERSONAL_DATA: ClassVar[str] = "none; proposed_by and approved_by name members of staff by reference"

    class State(models.TextChoices):
        """Where a rule set stands."""

        PROPOSED = "proposed"
        APPROVED = "approved"
        WITHDRAWN = "withdrawn"

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    text = models.TextField()
    timers = models.JSONField()
    unlocated_listed = models.PositiveSmallIntegerField()
    unlocated_others = models.PositiveSmallIntegerField()
    after_hold_others = models.PositiveSmallIntegerField(null=True)
    effective_from = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    territories: models.ManyToManyField[Territory, RuleSetTerritory] = models.ManyToManyField(
        Territory, through="RuleSetTerritory", related_name="rule_sets"
    )

    class Meta(TwoPersonModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TwoPersonModel.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | models.Q(approved_by__isnull=False, effective_from__isnull=False),
                name="an_approved_rule_set_says_who_and_when",
            ),
        ]
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"rule set {self.number}"


class RuleSetTerritory(models.Model):
    """A territory at the version that a rule set pinned when it was proposed."""

    PERSONAL_DATA: ClassVar[str] = "none"

    ruleset = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="pins")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="pins")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ruleset", "territory"], name="one_pin_a_territory")
        ]

    def __str__(self) -> str:
        return f"{self.ruleset}: {self.territory}"


class RuleRow(models.Model):
    """One rule of a rule set: what a profile may do in a territory, dated; units as in `core.state.Rule`."""

    PERSONAL_DATA: ClassVar[str] = "none"

    ruleset = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    profile = models.CharField(max_length=64)
    starts = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    action = models.PositiveSmallIntegerField(choices=[(action.value, action.name) for action in Action])
    speed_cap = models.FloatField(null=True)
    sustained = models.PositiveIntegerField()
    release = models.PositiveIntegerField()
    permitted = models.JSONField(null=True)
    grace = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.ruleset}: {self.profile} in {self.territory}"
