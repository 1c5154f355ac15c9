"""How a rule set is written: YAML, read strictly.

1. The text is at most 1 MiB, one document, without aliases (they grow without bound), without a key twice.
2. Times stay text and are read by `intervals.parse_time`; nothing is guessed from their look.
3. Every field is known and of its type; what is missing or too much is named with its line and its path.
4. A rule that denies has no cap and no list of permitted territories: it would say two things.
5. A rule speaks of a territory of the list `territories` and of a known profile.
6. Rules for one pair of territory and profile are never in force together.

Reading it gives values; whether the territories exist, and overlap, is seen by the command that proposes it.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Annotated, Final, Literal, NoReturn

import msgspec
import yaml

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import ALWAYS, NEVER, Interval, parse_time
from groundpass.kernel.core.state import DAY, Rule, Timers
from groundpass.kernel.core.verdicts import Action, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_TEXT: Final = 2**20  # characters
MAX_DEPTH: Final = 16  # of lists and mappings in each other
MAX_SPEED: Final = 10_000.0  # km/h; a larger cap is a slip of the pen
MAX_SECONDS: Final = 10 * 365 * DAY

_DEFAULT: Final = Timers()
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=MAX_SECONDS)]
_VerdictWord = Literal["allow", "deny", "ungoverned"]


class UnlocatedForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The verdict for terminals that nothing places: the listed ones, and the others."""

    listed: _VerdictWord = "allow"
    others: _VerdictWord = "ungoverned"


class AfterHoldForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The verdict for unlisted terminals past `hold`; none is "as the territory says"."""

    others: _VerdictWord | None = None


class TimersForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Seconds since `issued`, as in `kernel.core.state.Timers`."""

    refresh: _Seconds = _DEFAULT.refresh
    alarm: _Seconds = _DEFAULT.alarm
    hold: _Seconds = _DEFAULT.hold


class RuleForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One rule as it is written. Units as in `kernel.core.state.Rule`."""

    territory: str
    profile: str
    action: Literal["allow", "watch", "deny"]
    starts: str | None = msgspec.field(default=None, name="from")
    until: str | None = None
    speed_cap: Annotated[float, msgspec.Meta(gt=0, le=MAX_SPEED)] | None = None
    sustained: _Seconds = 120
    release: _Seconds = 60
    permitted: Annotated[list[str], msgspec.Meta(min_length=1)] | None = None
    grace: _Seconds = 14 * DAY


class RuleSetForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A whole proposal as it is written."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    territories: Annotated[list[str], msgspec.Meta(min_length=1)]
    rules: Annotated[list[RuleForm], msgspec.Meta(min_length=1)]
    effective_from: str | None = None
    unlocated: UnlocatedForm = UnlocatedForm()
    after_hold: AfterHoldForm = AfterHoldForm()
    timers: TimersForm = TimersForm()


class Proposal(msgspec.Struct, frozen=True):
    """A proposal as values.

    `territories` are codes; `effective_from` is UTC seconds, None is "from its approval".
    """

    title: str
    territories: tuple[str, ...]
    rules: tuple[Rule, ...]
    timers: Timers
    unlocated_listed: Verdict
    unlocated_others: Verdict
    after_hold_others: Verdict | None
    effective_from: int | None


class _Loader(yaml.SafeLoader):
    """YAML 1.1 without its guesses about dates."""


_Loader.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _check_events(text: str) -> None:
    """Refuse aliases and deep nesting before anything is built of them."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.AliasEvent):
            raise BadInput("The rule set has YAML aliases", todo="Write each value out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise BadInput("The rule set is nested too deeply")


class _Source:
    """The text with the line of every path in it; `fail` is the one way out."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_TEXT:
            raise BadInput(f"The rule set is longer than {MAX_TEXT} characters")
        try:
            _check_events(text)
            loader = _Loader(text)
            root = loader.get_single_node()
            if root is None:
                raise BadInput("The rule set is empty")
            self.check_keys(root)
            self.root: yaml.Node = root
            self.data = loader.construct_document(root)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            raise BadInput(
                f"The rule set is not YAML{place}", why=getattr(error, "problem", None) or str(error)
            ) from error

    def check_keys(self, node: yaml.Node) -> None:
        """Refuse a key that stands twice: YAML would take the last one in silence."""
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self.check_keys(item)
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    raise BadInput(
                        f"The rule set has the key {key.value!r} twice, the second time at line "
                        f"{key.start_mark.line + 1}"
                    )
                seen.add(str(key.value))
                self.check_keys(value)

    def line(self, path: str) -> int:
        """Line, from 1, of the deepest node of a path such as `$.rules[2].speed_cap` that is there."""
        node = self.root
        for key, index in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path):
            if index and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
                node = node.value[int(index)]
            elif key and isinstance(node, yaml.MappingNode):
                node = next((value for name, value in node.value if name.value == key), node)
        return int(node.start_mark.line) + 1

    def fail(self, path: str, why: str, todo: str = "") -> NoReturn:
        """Raise BadInput that names the line and the path."""
        shown = path.removeprefix("$").removeprefix(".") or "its top"
        raise BadInput(f"The rule set is wrong at line {self.line(path)} ({shown})", why=why, todo=todo)


def read(text: str, profiles: Collection[str]) -> Proposal:
    """Read a proposal. `profiles`: all that exist, `unlisted` among them. Raises BadInput with the line."""
    source = _Source(text)
    try:
        form = msgspec.convert(source.data, RuleSetForm)
    except msgspec.ValidationError as error:
        why, _, path = str(error).partition(" - at ")
        source.fail(path.strip("`") or "$", why)
    if len(set(form.territories)) != len(form.territories):
        source.fail("$.territories", "a territory stands twice in the list")
    rules = tuple(_rule(source, form, number, profiles) for number in range(len(form.rules)))
    _check_together(source, rules)
    return Proposal(
        title=form.title,
        territories=tuple(form.territories),
        rules=tuple(sorted(rules, key=lambda rule: (rule.territory, rule.profile, rule.effective.start))),
        timers=_timers(source, form.timers),
        unlocated_listed=Verdict[form.unlocated.listed.upper()],
        unlocated_others=Verdict[form.unlocated.others.upper()],
        after_hold_others=Verdict[form.after_hold.others.upper()] if form.after_hold.others else None,
        effective_from=_time(source, "$.effective_from", form.effective_from),
    )


def _rule(source: _Source, form: RuleSetForm, number: int, profiles: Collection[str]) -> Rule:
    path = f"$.rules[{number}]"
    written = form.rules[number]
    if written.territory not in form.territories:
        source.fail(
            f"{path}.territory",
            f"{written.territory!r} is not among its territories: {_known(form.territories)}",
        )
    if written.profile not in profiles:
        source.fail(f"{path}.profile", f"no profile {written.profile!r}; known are {_known(profiles)}")
    for name in written.permitted or ():
        if name not in form.territories:
            source.fail(
                f"{path}.permitted", f"{name!r} is not among its territories: {_known(form.territories)}"
            )
    if written.action == "deny" and (written.speed_cap is not None or written.permitted is not None):
        source.fail(path, "a rule that denies has neither speed_cap nor permitted", "Take them out, or allow")
    return Rule(
        territory=written.territory,
        profile=written.profile,
        action=Action[written.action.upper()],
        effective=_interval(source, path, written),
        speed_cap=written.speed_cap,
        sustained=written.sustained,
        release=written.release,
        permitted=tuple(sorted(set(written.permitted))) if written.permitted else None,
        grace=written.grace,
    )


def _interval(source: _Source, path: str, written: RuleForm) -> Interval:
    start = _time(source, f"{path}.from", written.starts)
    end = _time(source, f"{path}.until", written.until)
    try:
        return Interval(ALWAYS if start is None else start, NEVER if end is None else end)
    except BadInput as error:
        source.fail(f"{path}.until", error.what, error.todo)


def _time(source: _Source, path: str, text: str | None) -> int | None:
    try:
        return None if text is None else parse_time(text)
    except BadInput as error:
        source.fail(path, error.what, error.todo)


def _timers(source: _Source, form: TimersForm) -> Timers:
    try:
        return Timers(form.refresh, form.alarm, form.hold)
    except BadInput as error:
        source.fail("$.timers", error.what, error.todo)


def _check_together(source: _Source, rules: tuple[Rule, ...]) -> None:
    """Rule 6; the rules are in the order in which they were written."""
    for (first, one), (second, other) in itertools.combinations(enumerate(rules), 2):
        same = (one.territory, one.profile) == (other.territory, other.profile)
        if same and one.effective.overlaps(other.effective):
            source.fail(
                f"$.rules[{second}]",
                f"it is in force at the same time as rules[{first}] at line "
                f"{source.line(f'$.rules[{first}]')}, and both speak of {one.profile!r} in {one.territory!r}",
                "End the first where the second starts",
            )


def _known(names: Collection[str]) -> str:
    return ", ".join(names)
