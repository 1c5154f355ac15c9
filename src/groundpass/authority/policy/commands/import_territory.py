"""Import a territory: a file becomes a new version, or none where nothing changed.

What is read and made comes before the transaction: a buffer takes seconds, and the database has one writer.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Final

import shapely
from django.db import transaction
from shapely import MultiPolygon

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record, utc
from groundpass.authority.policy.models import Territory
from groundpass.authority.policy.moments import columns
from groundpass.authority.policy.queries import country as country_data
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import ALWAYS, NEVER, Interval
from groundpass.kernel.core.verdicts import WhenUncertain
from groundpass.kernel.territory.buffers import Buffer, Told, make, read_buffer
from groundpass.kernel.territory.drawn import MAX_VERTICES, too_large
from groundpass.kernel.territory.formats import Source, read_border, read_territory
from groundpass.kernel.territory.geometry import to_wkb

CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
NAME_LIMIT: Final = 200  # characters, width of the column
PRECEDENCE_LIMIT: Final = 2**31 - 1  # width of the column
SETTLE_LIMIT: Final = 1_000  # reports; beyond it a territory would never be entered


def import_territory(  # noqa: PLR0913 - a territory has that many properties, all named at the call
    polygons: Source,
    *,
    code: str,
    name: str,
    starts: int | None = None,
    ends: int | None = None,
    precedence: int = 0,
    country: str = "",
    when_uncertain: str = "outside",
    settle: int = 1,
    source: str = "",
    licence: str = "",
    buffer: str = "",
    along: Source | None = None,
    tell: Told | None = None,
    actor: User,
    now: int,
) -> Territory:
    """Store the polygons of a file as the next version of `code`; give the latest where it says the same.

    `starts`, `ends`: UTC seconds, `[starts, ends)`. `country`: ISO 3166 alpha-2 where the territory is the
    whole country. `buffer`: what to make of the polygons first, as `band 50 km inside` or `grow 12 nmi`, and
    `along`: the lines, or polygons, that its distance counts from; `tell` hears how far that has come.
    Raises BadInput, BadGeometry (with the place), NoRight.
    """
    require(actor, "territory.import")
    starts_at, ends_at = columns(
        Interval(ALWAYS if starts is None else starts, NEVER if ends is None else ends)
    )
    row = Territory(
        code=_checked_code(code),
        name=_checked_name(name),
        starts=starts_at,
        ends=ends_at,
        precedence=_within("precedence", precedence, -PRECEDENCE_LIMIT, PRECEDENCE_LIMIT),
        when_uncertain=_uncertain(when_uncertain),
        settle=_within("settle", settle, 1, SETTLE_LIMIT),
        country=_checked_country(country),
        source=source[:500],
        licence=licence[:200],
        imported_at=utc(now),
        imported_by=actor,
    )
    wanted = _checked_buffer(buffer, along)
    shape = read_territory(polygons, expected=country_data().box)
    if wanted is not None:
        shape = _made(row, shape, wanted, along, tell)
    _draw(row, shape)
    return _store(row, actor, now)


def _checked_buffer(text: str, along: Source | None) -> Buffer | None:
    if text:
        return read_buffer(text)
    if along is not None:
        raise BadInput(
            "There is a border to measure along, and no buffer to make",
            todo="Say what to make: band, grow or shrink",
        )
    return None


def _made(
    row: Territory, shape: MultiPolygon, wanted: Buffer, along: Source | None, tell: Told | None
) -> MultiPolygon:
    """The buffer of a shape; the row says what was made, along which border, and how exact it is."""
    border = None if along is None else read_border(along)
    made = make(shape, wanted, along=border, tell=tell)
    row.buffer, row.buffer_error_m = wanted.text, made.error
    if border is not None:
        row.buffer_along_sha256 = hashlib.sha256(shapely.to_wkb(border, byte_order=1)).hexdigest()
    return made.shape


def _draw(row: Territory, shape: MultiPolygon) -> None:
    if shapely.get_num_coordinates(shape) > MAX_VERTICES:
        raise too_large(MAX_VERTICES, "vertices")
    row.wkb = to_wkb(shapely.normalize(shape))
    row.west, row.south, row.east, row.north = shape.bounds


@transaction.atomic
def _store(row: Territory, actor: User, now: int) -> Territory:
    row.content_sha256 = _fingerprint(row)
    latest = Territory.objects.select_for_update().filter(code=row.code).order_by("-version").first()
    if latest is not None and latest.content_sha256 == row.content_sha256:
        return latest
    row.version = latest.version + 1 if latest else 1
    row.save(force_insert=True)
    record(
        "territory.import",
        f"territory:{row.code}:{row.version}",
        actor=actor.username,
        now=now,
        detail={
            "name": row.name,
            "precedence": row.precedence,
            "sha256": row.content_sha256,
            **({"buffer": row.buffer, "buffer_error_m": f"{row.buffer_error_m:g}"} if row.buffer else {}),
        },
        topic="territory.imported",
    )
    return row


def _fingerprint(row: Territory) -> str:
    properties = [
        row.name, str(row.starts), str(row.ends), row.precedence, row.when_uncertain, row.settle, row.country,
        row.source, row.licence,
    ]  # fmt: skip
    if row.buffer:  # only then, so that territories from before there were buffers keep their fingerprint
        properties += [row.buffer, row.buffer_along_sha256]
    digest = hashlib.sha256(json.dumps(properties).encode())
    digest.update(bytes(row.wkb))
    return digest.hexdigest()


def _checked_code(code: str) -> str:
    if not CODE.fullmatch(code):
        raise BadInput(
            f"The territory code {code!r} does not read",
            why="it is small Latin letters, digits and dashes, at most 64",
            todo="Write it as ua or border-zone-50km",
        )
    return code


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= NAME_LIMIT:
        raise BadInput(f"A territory needs a name of 1 to {NAME_LIMIT} characters")
    return name


def _checked_country(country: str) -> str:
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise BadInput(f"The country {country!r} is not two capital letters", todo="Write it as UA")
    return country


def _uncertain(word: str) -> int:
    try:
        return WhenUncertain[word.upper()].value
    except KeyError:
        known = ", ".join(kind.name.lower() for kind in WhenUncertain)
        raise BadInput(f"when_uncertain is {word!r}", why=f"it is one of {known}") from None


def _within(name: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise BadInput(f"The {name} {value} is not between {low} and {high}")
    return value
