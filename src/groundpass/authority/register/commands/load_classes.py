"""Take a country's classes, quotas and validity from its file."""

from __future__ import annotations

from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from django.db import transaction

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record, utc
from groundpass.authority.register.domain.taxid import scheme_module
from groundpass.authority.register.models import HolderClass, Terms, UsageClass
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import ALWAYS, NEVER, Interval, parse_time

if TYPE_CHECKING:
    from pathlib import Path

PACKAGED: Final = "data/ua.yaml"


class Title(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A title in each language."""

    en: str
    uk: str


class TaxId(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The tax number by which a class is known: its scheme in python-stdnum, and what people call it."""

    scheme: str
    title: Title


class TermsRow(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the law allows, from one moment until another."""

    quota_unseen: int | None
    quota_shown: int | None
    validity_days: int
    approve_by_rule: bool = False
    start: str | None = msgspec.field(name="from", default=None)
    until: str | None = None

    def interval(self) -> Interval:
        """The time in which it holds. Raises BadInput when it is empty or does not read."""
        return Interval(
            parse_time(self.start) if self.start else ALWAYS, parse_time(self.until) if self.until else NEVER
        )


class ClassRow(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A holder class."""

    title: Title
    terms: list[TermsRow]
    tax_id: TaxId | None = None
    documents: list[str] = []
    protected: bool = False


class UsageRow(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A usage class."""

    title: Title
    profile: str


class CountryFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A country's file."""

    format: Literal["groundpass/country/1"]
    country: str
    usage_classes: dict[str, UsageRow]
    holder_classes: dict[str, ClassRow]


@transaction.atomic
def load_classes(path: Path | None = None, *, actor: User, now: int) -> CountryFile:
    """Load a country's file, the packaged one of Ukraine by default; loading it again changes nothing.

    Classes that the file does not name stay as they are. Terms are replaced by those of the file: what
    holders have already is never touched by that.

    Raises:
        NoRight: the actor may not configure the register.
        BadInput: the file does not read; names the place.
    """
    require(actor, "register.configure")
    source = path or resources.files("groundpass.authority.register").joinpath(PACKAGED)
    country = read_country(source.read_bytes())
    for code, usage in country.usage_classes.items():
        UsageClass.objects.update_or_create(
            code=code,
            defaults={"title_en": usage.title.en, "title_uk": usage.title.uk, "profile": usage.profile},
        )
    for code, row in country.holder_classes.items():
        _store(code, row)
    record(
        "register.load_classes",
        f"country:{country.country}",
        actor=actor.username,
        now=now,
        detail={"classes": sorted(country.holder_classes), "usages": sorted(country.usage_classes)},
        after=msgspec.to_builtins(country),
    )
    return country


def read_country(data: bytes) -> CountryFile:
    """Read and check a country's file. Raises BadInput with the place."""
    try:
        country = msgspec.yaml.decode(data, type=CountryFile)
    except msgspec.DecodeError as error:
        raise BadInput("The country's file does not read", why=str(error)) from error
    for code, row in country.holder_classes.items():
        if (row.tax_id is None) != row.protected:
            raise BadInput(
                f"The class {code!r} has {'both' if row.tax_id else 'neither'} of tax_id and protected",
                why="a holder is known by exactly one of them",
            )
        if row.tax_id:
            scheme_module(row.tax_id.scheme)
        spans = sorted(terms.interval() for terms in row.terms)
        if not spans or any(first.overlaps(second) for first, second in pairwise(spans)):
            raise BadInput(
                f"The terms of the class {code!r} are missing, or two are in force at the same time"
            )
    return country


def _store(code: str, row: ClassRow) -> None:
    tax = row.tax_id
    holder_class, _ = HolderClass.objects.update_or_create(
        code=code,
        defaults={
            "title_en": row.title.en,
            "title_uk": row.title.uk,
            "tax_id_scheme": tax.scheme if tax else "",
            "tax_id_title_en": tax.title.en if tax else "",
            "tax_id_title_uk": tax.title.uk if tax else "",
            "documents": row.documents,
            "protected": row.protected,
        },
    )
    Terms.objects.filter(holder_class=holder_class).delete()
    Terms.objects.bulk_create([_terms(holder_class, terms) for terms in row.terms])


def _terms(holder_class: HolderClass, row: TermsRow) -> Terms:
    span = row.interval()
    return Terms(
        holder_class=holder_class,
        starts=None if span.start == ALWAYS else utc(span.start),
        ends=None if span.end == NEVER else utc(span.end),
        quota_unseen=row.quota_unseen,
        quota_shown=row.quota_shown,
        validity_days=row.validity_days,
        approve_by_rule=row.approve_by_rule,
    )
