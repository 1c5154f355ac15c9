"""`groundpass release assess`: who would lose service by a release."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.release import chosen_feed, chosen_release, feed_option, impact_facts
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import print_facts, print_json


@click.command()
@click.argument("serial", type=click.IntRange(1), required=False)
@feed_option
@as_option
@now_option
@json_option
def command(
    *, serial: int | None, feed_name: str | None, username: str | None, now: int, as_json: bool
) -> None:
    """Count who would lose service by the release SERIAL (default: the last one), and who has to agree."""
    actor = authority.acting(username)
    from groundpass.authority.publication.api import assess

    release = chosen_release(chosen_feed(feed_name), serial)
    impact = assess(release, actor=actor, now=now)
    facts = impact_facts(impact)
    if as_json:
        print_json(facts)
        return
    print_facts({name: value for name, value in facts.items() if isinstance(value, bool | int | str)})
    for cause in impact.causes:
        click.echo(f"- {cause.sentence['en']}")
    for row in impact.hardened:
        effect = "denied" if row.takes else "restricted"
        click.echo(f"- {row.profile} in {row.territory}: newly {effect} from {row.starts} until {row.ends}")
    click.echo(f"Next: groundpass release publish {release.serial}")
