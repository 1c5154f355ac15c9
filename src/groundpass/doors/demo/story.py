"""The whole story in its order: the road of the data from a form at a counter to a measured effect.

| act | who | steps of the road |
|---|---|---|
| 1 found | an administrator appoints everybody, the country's classes are loaded | |
| 2 counter | a clerk, a reviewer | 1, 2 |
| 3 lists | clerks hand in lists, a reviewer approves | 1, 2 |
| 4 rules | two officers | 3 |
| 5 release | the publisher, officers, holders of the offline keys | 4, 5, 6 |
| 6 operator | the operator syncs, verifies, acknowledges | 7, 9 |
| 7 late | a holder comes after the closing; timed by the wall clock | 1 to 8 |
| 8 day | the operator decides a day of reports | 8 |
| 9 effect | the operator reports, the authority reconciles | 9, 10, 11 |
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from groundpass.authority.audit.api import verify_chain
from groundpass.authority.publication.api import public_folder
from groundpass.authority.register.api import load_classes, public_figures
from groundpass.doors.demo import cast as people_of
from groundpass.doors.demo import fleet as fleets
from groundpass.doors.demo import places
from groundpass.doors.demo.cast import Cast
from groundpass.doors.demo.fleet import StoryFleet
from groundpass.doors.demo.people import People
from groundpass.doors.demo.stage import Stage
from groundpass.doors.demo.steps import collect, counter, day, effect, late, operate, publish
from groundpass.doors.demo.telling import Teller
from groundpass.kernel.core.intervals import show_time
from groundpass.kernel.trust.files import write_whole

if TYPE_CHECKING:
    from groundpass.authority.enforcement.api import Figures
    from groundpass.authority.publication.api import Feed
    from groundpass.operator.api import Summary

MINUTE = 60  # seconds


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that an act finds when it begins."""

    stage: Stage
    teller: Teller
    cast: Cast
    fleet: StoryFleet
    people: People
    rng: np.random.Generator


def tell(stage: Stage, teller: Teller) -> dict[str, object]:
    """Tell the story on an empty register; give its figures, ready for JSON."""
    scene = found(stage, teller)
    at_the_counter(scene)
    take_the_lists(scene)
    agree_on_rules(scene)
    feed = first_release(scene)
    join_the_operator(scene, feed)
    registered_late = come_late(scene, feed)
    summary = decide_the_day(scene)
    measured = measure(scene, feed)
    last = registered_late.published.release
    sign_ins = people_of.sign_ins(scene.cast.password)
    note = "\n".join("  ".join(row.values()) for row in sign_ins)
    write_whole(stage.file("sign-ins.txt"), f"{note}\n".encode(), mode=0o600)
    return {
        "registered": public_figures()["listed"],
        "release": last.serial,
        "decided": summary.rows,
        "by_reason": summary.by_reason,
        "by_verdict": summary.by_verdict,
        "reports_per_second": round(summary.rows_per_second),
        "seconds_to_enforce": round(registered_late.seconds_to_enforce, 3),
        "leak_rate": measured.leak_rate.value,
        "false_cut_rate": measured.false_cut_rate.value,
        "simulated": True,
        "feed": str(public_folder(feed)),
        "store": str(stage.store),
        "home": str(stage.home),
        "sign_ins": sign_ins,
    }


def found(stage: Stage, teller: Teller) -> Scene:
    """Appoint everybody, load the classes, invent the fleet."""
    teller.step("The register is founded; everybody in it is invented")
    cast = people_of.assemble(f"demo-{secrets.token_hex(4)}", now=stage.clock.founded)
    load_classes(actor=cast.admin, now=stage.clock.founded)
    fleet = fleets.invent(stage.terminals, stage.seed, stage.clock)
    rng = np.random.default_rng([stage.seed, 3])
    counts = dict(zip(*np.unique(fleet.platform, return_counts=True), strict=True))
    teller.say("The fleet: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()) + ".")
    return Scene(stage, teller, cast, fleet, People(rng), rng)


def at_the_counter(scene: Scene) -> counter.AtTheCounter:
    """A clerk registers a terminal, and a mistyped number is caught."""
    scene.teller.step("A clerk registers a holder's terminal")
    terminal = scene.fleet.terminal[scene.fleet.counter]
    done = counter.register_in_person(terminal, scene.cast, scene.people, now=scene.stage.clock.counter)
    scene.teller.say(f"Typed: {done.typed}. Told: {done.told}. Suggested and taken: {done.suggestion}.")
    scene.teller.say("A reviewer, another person, approved it an hour later.")
    return done


def take_the_lists(scene: Scene) -> int:
    """Clerks and companies hand in lists; a reviewer approves. Gives how many were registered."""
    scene.teller.step("Counters and companies hand in their lists")
    handed_in = collect.hand_in(scene.stage, scene.cast, scene.fleet, scene.rng, scene.teller)
    approved = collect.review(scene.stage, scene.cast, handed_in, scene.teller)
    waiting = collect.hand_in_late(scene.stage, scene.cast, scene.fleet, scene.rng)
    scene.teller.say(
        f"{handed_in.accepted:,} of {handed_in.rows:,} rows taken in, {approved:,} approved; "
        f"{waiting.accepted:,} more came in time and still wait."
    )
    return approved


def agree_on_rules(scene: Scene) -> int:
    """An officer draws the territories and proposes rules, another approves. Gives their number."""
    scene.teller.step("Two officers agree on the rules of the territory")
    territories = places.draw_territories(scene.cast, scene.stage.clock)
    agreed = places.agree(scene.cast, scene.stage.clock)
    names = ", ".join(territory.name for territory in territories)
    closing = show_time(scene.stage.clock.closing)
    scene.teller.say(f"{names}. Rule set {agreed.number}: unlisted terminals are denied from {closing}.")
    return agreed.number


def first_release(scene: Scene) -> Feed:
    """Release 1: who loses service by it is counted, and so the offline keys have to sign."""
    stage, cast = scene.stage, scene.cast
    scene.teller.step("Release 1 is built, assessed, signed and published")
    feed = publish.open_feed(stage, cast)
    publish.tell_activity(feed, stage, cast, fleets.yesterday(scene.fleet, stage.clock).table())
    done = publish.make_public(feed, stage, cast, now=stage.clock.released)
    impact = done.impact
    scene.teller.say(
        f"{impact.entries:,} terminals listed; {impact.losing:,} would lose service, and "
        f"{impact.unlisted_active:,} active ones are unlisted: this needs {impact.demand.replace('_', ' ')}."
    )
    for sentence in done.held_up[-1:]:
        scene.teller.say(f"Refused first: {sentence}")
    scene.teller.say("Three of five holders brought their keys: published.")
    return feed


def join_the_operator(scene: Scene, feed: Feed) -> None:
    """The operator pins the root, syncs, verifies and acknowledges."""
    stage = scene.stage
    scene.teller.step("The operator's store syncs and verifies it")
    taken = operate.join(feed, stage, now=stage.clock.released + 3 * MINUTE)
    scene.teller.say(
        f"Serial {taken.serial} by {taken.how}, {taken.entries:,} entries, state {taken.state_hash[:16]}…"
    )
    acknowledged = operate.report(stage, "acknowledgement.json", now=stage.clock.released + 4 * MINUTE)
    effect.take_in(acknowledged, scene.cast, now=stage.clock.released + 5 * MINUTE)


def come_late(scene: Scene, feed: Feed) -> late.LateRegistration:
    """A holder who was denied comes to the counter now."""
    scene.teller.step("A holder comes late: from approval to another verdict")
    done = late.register_late(feed, scene.stage, scene.cast, scene.fleet, scene.people)
    scene.teller.say(
        f"{done.terminal}: {' '.join(done.before)} before, {' '.join(done.after)} by release "
        f"{done.published.release.serial}, {done.seconds_to_enforce:.2f} s after the approval."
    )
    return done


def decide_the_day(scene: Scene) -> Summary:
    """The operator decides the reports of the day."""
    scene.teller.step("The operator decides a day of position reports")
    summary = day.decide_day(scene.stage, day.live_through(scene.stage, scene.fleet), scene.teller)
    ranked = sorted(summary.by_reason.items(), key=lambda item: -item[1])
    rows = [(reason, count, f"{count / summary.rows:.2%}") for reason, count in ranked]
    scene.teller.table("Verdicts by reason", ("reason", "reports", "share"), rows)
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in summary.by_verdict.items())
    scene.teller.say(
        f"{summary.rows:,} reports: {verdicts}; {summary.rows_per_second:,.0f} reports a second."
    )
    for terminal, explanation in day.examples(scene.stage):
        scene.teller.say(f"{terminal}: {explanation.text()}")
    return summary


def measure(scene: Scene, feed: Feed) -> Figures:
    """The operator's signed report comes back, and the authority holds it against what it published."""
    scene.teller.step("The operator's report comes back and is reconciled")
    measured = effect.measure(scene.stage, scene.cast, feed, scene.fleet)
    scene.teller.table("The effect (simulated)", ("measure", "share", "counted"), effect.rows(measured))
    chain = verify_chain()
    scene.teller.say(f"The audit trail holds: {chain.checked:,} events.")
    return measured
