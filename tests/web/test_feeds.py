"""The static feed over HTTP: plain files below one folder, kept where their names never change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from groundpass.authority.publication import api as publication

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from groundpass.authority.accounts.api import User
    from support.world import World

TIMESTAMP = "/feeds/northwind/metadata/timestamp.json"


def test_a_file_of_the_feed_is_given_as_it_lies_on_disk(world: World, visit: Client) -> None:
    response = visit.get(TIMESTAMP)
    place = publication.public_folder(world.feed) / "metadata" / "timestamp.json"
    assert response.getvalue() == place.read_bytes()
    assert response["Cache-Control"] == "public, no-cache"


def test_what_did_not_change_is_not_sent_again(world: World, visit: Client) -> None:
    first = visit.get(TIMESTAMP)
    first.getvalue()
    again = visit.get(TIMESTAMP, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_a_file_whose_name_is_its_hash_is_kept_for_ever(world: World, visit: Client) -> None:
    targets = publication.public_folder(world.feed) / "targets"
    name = next(path.name for path in targets.iterdir() if "snapshot" in path.name)
    response = visit.get(f"/feeds/northwind/targets/{name}")
    assert response.getvalue() == (targets / name).read_bytes()
    assert "immutable" in response["Cache-Control"]


AWAY: Final = (
    "../work/high-water",
    "metadata/../../work/1.state",
    "%2e%2e/work/1.state",
    "..%2fkeys",
    "metadata",
    "metadata/",
    "/etc/passwd",
    "//etc/passwd",
    "nothing.json",
    "metadata/timestamp.json/x",
    "a\x00b",
)


def test_what_is_not_a_plain_file_of_the_feed_is_not_found(world: World, visit: Client) -> None:
    assert [visit.get(f"/feeds/northwind/{path}").status_code for path in AWAY] == [404] * len(AWAY)


def test_a_link_out_of_the_feed_leads_nowhere(world: World, visit: Client) -> None:
    public = publication.public_folder(world.feed)
    (public / "way-out.json").symlink_to(public.parent / "work" / "current.json")
    assert visit.get("/feeds/northwind/way-out.json").status_code == 404


def test_a_feed_that_does_not_exist_is_not_found(world: World, visit: Client) -> None:
    assert visit.get("/feeds/southwind/metadata/timestamp.json").status_code == 404


def test_the_engineer_s_page_says_what_is_public(world: World, as_: Callable[[User], Client]) -> None:
    page = as_(world.cast.engineer).get("/operator/feeds/northwind/").content.decode()
    note = publication.notification_of(world.feed)
    assert note
    assert note.state_hash in page
    assert f"/feeds/northwind/targets/{note.snapshot.sha256}.{note.snapshot.name}" in page
    for url in {part.split('"')[0] for part in page.split('href="') if part.startswith("/feeds/")}:
        response = as_(world.cast.engineer).get(url)
        assert response.status_code == 200, url
        response.getvalue()
