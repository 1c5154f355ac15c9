"""Build a release: the register in one consistent view, keyed, sorted, written as canonical bytes.

1. Rows are counted by a second path, and a count that differs stops everything.
2. The serial is on disk before the state, and the state before the row: what was begun is never given again.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record, utc
from groundpass.authority.policy.api import Options, ruleset, state_parts
from groundpass.authority.publication import work
from groundpass.authority.publication.domain.compiling import Compiled, compile_entries
from groundpass.authority.publication.folders import Folders
from groundpass.authority.publication.models import Feed, Release
from groundpass.authority.publication.view import consistent_view
from groundpass.authority.register.api import count_at, entries_at
from groundpass.kernel.core.errors import Refused
from groundpass.kernel.core.state import Rule, State, Territory
from groundpass.kernel.trust import log
from groundpass.kernel.wire.state import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    Parts = tuple[tuple[Territory, ...], tuple[Rule, ...], Options]

STEPS = 3


def build(
    feed: Feed, *, actor: User, now: int, progress: Callable[[int, int | None], None] | None = None
) -> Release:
    """Compile what the register and the rules say at `now` (UTC seconds) into the next serial.

    `progress`: called with steps done and steps in all. Raises NoRight; CannotRun while migrations are open;
    Refused for an empty register, rows that do not add up, profiles or identifiers that do not hold, and two
    equal keys.
    """
    require(actor, "release.build")
    told = progress or (lambda _done, _total: None)
    folders = Folders(feed.name)
    with folders.locked():
        told(0, STEPS)
        compiled, parts = _read(feed, folders, now)
        told(1, STEPS)
        last = Release.objects.filter(feed=feed).aggregate(last=Max("serial"))["last"] or 0
        serial = work.next_serial(folders, last)
        data = encode(_state(feed, serial, compiled, parts, now))
        work.write_state(folders, serial, data, compiled.protected)
        told(2, STEPS)
        row = Release(
            feed=feed,
            serial=serial,
            session=feed.session,
            issued_at=utc(now),
            built_at=utc(now),
            built_by=actor,
            entries=len(compiled.entries),
            state_hash=hashlib.sha256(data).hexdigest(),
            ruleset=ruleset(parts[2].ruleset),
            log_salt=log.new_salt().hex(),
        )
        _store(row, actor, now)
        told(STEPS, STEPS)
    return row


def _read(feed: Feed, folders: Folders, now: int) -> tuple[Compiled, Parts]:
    keying = folders.feed_keys(feed.session).keying
    with consistent_view():
        parts = state_parts(now)
        compiled = compile_entries(entries_at(now), feed.scheme, parts[2].profiles, keying)
        counted = count_at(now)
    if compiled.rows != counted:
        raise Refused(
            f"The register gives {compiled.rows} listed terminals and counts {counted}",
            why="two ways of counting must agree before anybody's service hangs on them",
            todo="Have the register checked; nothing was released",
        )
    return compiled, parts


def _state(feed: Feed, serial: int, compiled: Compiled, parts: Parts, now: int) -> State:
    territories, rules, options = parts
    return State(
        feed=feed.name,
        session=feed.session,
        serial=serial,
        issued=now,
        scheme=feed.scheme,
        profiles=options.profiles,
        entries=compiled.entries,
        territories=territories,
        rules=rules,
        timers=options.timers,
        unlocated_listed=options.unlocated_listed,
        unlocated_others=options.unlocated_others,
        after_hold_others=options.after_hold_others,
    )


@transaction.atomic
def _store(row: Release, actor: User, now: int) -> None:
    row.save(force_insert=True)
    record(
        "release.build",
        f"release:{row.feed.name}:{row.serial}",
        actor=actor.username,
        now=now,
        detail={"entries": row.entries, "state": row.state_hash, "ruleset": row.ruleset.number},
    )
