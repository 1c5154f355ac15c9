"""Releases: build, assess, publish, list, request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from groundpass.doors.cli.folder import FolderGroup
from groundpass.kernel.core.errors import NotFound

if TYPE_CHECKING:
    from groundpass.authority.publication.api import Feed, Impact, Release

feed_option = click.option(
    "--feed", "feed_name", metavar="NAME", help="The feed, where there is more than one."
)


@click.group(cls=FolderGroup)
def command() -> None:
    """Build a release, assess whom it cuts off, publish it."""


def chosen_feed(name: str | None) -> Feed:
    """The feed named, or the only one. Raises NotFound."""
    from groundpass.authority.publication.api import feeds, find_feed

    if name is not None:
        return find_feed(name)
    found = list(feeds()[:2])
    if len(found) == 1:
        return found[0]
    raise NotFound(
        "There is more than one feed" if found else "There is no feed yet",
        todo="Name one with --feed NAME" if found else "Create one with: groundpass feed create",
    )


def chosen_release(feed: Feed, serial: int | None) -> Release:
    """The release with that serial, or the last one built. Raises NotFound."""
    from groundpass.authority.publication.api import find_release, releases

    if serial is not None:
        return find_release(feed, serial)
    last = releases(feed).first()
    if last is None:
        raise NotFound(f"The feed {feed.name} has no release yet", todo="Run: groundpass release build")
    return last


def facts_of(release: Release) -> dict[str, object]:
    """A release as data; times are UTC."""
    return {
        "feed": release.feed.name,
        "serial": release.serial,
        "state": str(release.state),
        "entries": release.entries,
        "ruleset": release.ruleset.number,
        "issued": release.issued_at,
        "published": release.published_at,
        "demand": release.demand or None,
        "state_hash": release.state_hash,
    }


def impact_facts(impact: Impact) -> dict[str, object]:
    """An assessment as data, the sentences of its causes in English."""
    import msgspec

    facts: dict[str, object] = msgspec.to_builtins(impact)
    facts["causes"] = [cause.sentence["en"] for cause in impact.causes]
    return facts
