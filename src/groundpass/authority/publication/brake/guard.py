"""The brake itself: it counts by itself, and signs only within bounds or what the people named have signed.

1. It reads bytes, not the caller's numbers: the new state, the states that it remembers having signed, the
   lists of protected holders. States are checked by the hash that it signed.
2. Time does not go back: a `now` before its last signature is refused, for the window would slide over what
   was counted.
3. It signs a draft only if every file in it gives the state that was judged: the snapshot unsealed, the delta
   applied, the notification read. A delta that stays must be one that it signed before.
4. Who agreed is read from the database (people) and verified by root keys that it has kept since the ceremony
   (offline keys); both are bound to the hash of the state.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from groundpass.authority.publication import work
from groundpass.authority.publication.brake.contents import Contents
from groundpass.authority.publication.brake.journal import Journal, Signed, packed
from groundpass.authority.publication.domain.activity import Activity
from groundpass.authority.publication.domain.brake import WINDOW, Judgement, Level, Question, judge
from groundpass.authority.publication.domain.impact import Effect, effect, nothing_before
from groundpass.authority.publication.folders import Folders
from groundpass.kernel.core.errors import NotVerified, Refused
from groundpass.kernel.core.intervals import show_time
from groundpass.kernel.core.state import State
from groundpass.kernel.wire.state import decode

if TYPE_CHECKING:
    from groundpass.authority.publication.brake.agreement import Agreement
    from groundpass.kernel.trust.tufrepo import Draft


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """What the brake found. `step`: against `previous`; `day`: serial of the list of 24 h ago, 0 for none."""

    state: State
    state_hash: str
    previous: State
    step: Effect
    day: int
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Guard:
    """The brake of one feed."""

    folders: Folders

    @property
    def journal(self) -> Journal:
        """Its memory."""
        return Journal(self.folders.brake)

    def consider(self, data: bytes, activity: Activity, *, now: int) -> Opinion:
        """Judge the canonical bytes of a state. Raises NotVerified, CannotRun, Refused; signs nothing."""
        state, state_hash = decode(data), hashlib.sha256(data).hexdigest()
        signed = self._signed(state, now)
        recent = [one for one in signed if one.signed_at > now - WINDOW]
        before = [one for one in signed if one.signed_at <= now - WINDOW]
        previous = self._state(signed[-1] if signed else None, state)
        day = self._state(before[-1] if before else None, state)
        step = effect(previous, state, activity, now=now)
        question = Question(
            step=step,
            day=effect(day, state, Activity.unknown(), now=now),
            history=[self.journal.step(one) for one in recent],
            base=len(day.entries),
            added=self._added(state, day, recent),
            protected=self._protected(state.serial, *signed[-1:], *before[-1:]),
            telemetry=activity.known,
        )
        return Opinion(state, state_hash, previous, step, day.serial, judge(question))

    def sign(self, draft: Draft, opinion: Opinion, agreement: Agreement, *, now: int) -> None:
        """Sign a draft of the state considered. Raises SecondPerson, BrakeEngaged, NotVerified."""
        agreement.check(opinion.judgement.demand, opinion.state)
        public = work.current(self.folders)
        base = None
        if public is not None:
            base = work.read_state(self.folders, public.serial, public.state_hash)
        contents = Contents(self.folders, opinion.state, opinion.state_hash, base)
        delta = contents.check(draft, self.journal.deltas())
        losers = opinion.step.keys
        entry = Signed(
            serial=opinion.state.serial,
            session=opinion.state.session,
            state_hash=opinion.state_hash,
            signed_at=now,
            level=agreement.level,
            losers_sha256=hashlib.sha256(packed(losers)).hexdigest(),
        )
        self.journal.write(entry, losers, delta)
        draft.sign("targets", self.folders.signer("brake"))

    def _signed(self, state: State, now: int) -> list[Signed]:
        """What was signed before this serial, oldest first (rules 1 and 2, rule 4 of the journal)."""
        entries = self.journal.read()
        if not entries and work.current(self.folders) is not None:
            raise NotVerified(
                f"The brake of {self.folders.feed} has lost its memory",
                why="something is published and it remembers no signature",
                todo="Restore the folder of the brake from its backup",
            )
        later = [one for one in entries if one.serial > state.serial or one.signed_at > now]
        if later:
            raise Refused(
                f"Release {state.serial} comes too late",
                why=f"release {later[-1].serial} was signed at {show_time(later[-1].signed_at)}",
                todo="Build a new one",
            )
        return [one for one in entries if one.serial < state.serial and one.session == state.session]

    def _state(self, entry: Signed | None, new: State) -> State:
        if entry is None:
            return nothing_before(new)
        return work.read_state(self.folders, entry.serial, entry.state_hash)

    def _added(self, state: State, day: State, recent: list[Signed]) -> int:
        """Terminals that are neither on the list of a day ago nor on the last one that people agreed to."""
        agreed = [one for one in recent if one.level > Level.NONE]
        known = [day.entries.key]
        if agreed:
            known.append(self._state(agreed[-1], state).entries.key)
        return int((~np.isin(state.entries.key, np.concatenate(known))).sum())

    def _protected(self, serial: int, *signed: Signed) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        serials = {serial, *(one.serial for one in signed)}
        return np.unique(np.concatenate([work.read_protected(self.folders, one) for one in sorted(serials)]))
