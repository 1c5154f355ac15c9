"""Policy officers: a territory on a map, rules that two agree, a release with its impact."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import shapely
from django.core.files.uploadedfile import SimpleUploadedFile

from groundpass.authority.policy import api as policy
from groundpass.authority.publication import api as publication
from support.world import RULES, SQUARE

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from groundpass.authority.accounts.api import User
    from support.world import Desk, World


def test_a_territory_is_drawn_by_the_server_and_listed_beside(
    desk: Desk, as_: Callable[[User], Client]
) -> None:
    page = as_(desk.cast.officer).get("/officer/territories/").content.decode()
    assert '<path class="gp-draw-zone"' in page
    assert '<path class="gp-draw-land"' in page
    assert "data-map" in page
    assert page.count("Україна") >= 2


def test_the_map_s_data_are_our_own(desk: Desk, as_: Callable[[User], Client]) -> None:
    data = json.loads(as_(desk.cast.officer).get("/officer/territories.geojson").content)
    assert [feature["properties"]["code"] for feature in data["features"]] == ["ua"]


def imported(client: Client, content: bytes, **changes: object) -> tuple[int, str]:
    fields = {"code": "lviv", "name": "Львівщина", "precedence": "5", "when_uncertain": "outside", **changes}
    response = client.post(
        "/officer/territories/import/", {**fields, "file": SimpleUploadedFile("zone.geojson", content)}
    )
    return response.status_code, response.content.decode()


def test_a_territory_is_imported_from_a_file(desk: Desk, as_: Callable[[User], Client]) -> None:
    status, _ = imported(as_(desk.cast.officer), SQUARE)
    assert status == 302
    assert policy.territory("lviv").precedence == 5


def test_a_polygon_that_crosses_itself_is_refused_with_its_place(
    desk: Desk, as_: Callable[[User], Client]
) -> None:
    bow = b'{"type": "Polygon", "coordinates": [[[30, 48], [34, 52], [34, 48], [30, 52], [30, 48]]]}'
    status, page = imported(as_(desk.cast.officer), bow)
    assert status == 422
    assert "crosses itself" in page
    assert "32" in page
    assert 'href="#id_file"' in page


def test_a_border_comes_in_as_wkb_and_a_band_is_made_of_it(desk: Desk, as_: Callable[[User], Client]) -> None:
    client = as_(desk.cast.officer)
    status, _ = imported(client, shapely.to_wkb(shapely.box(30, 48, 31, 49)), buffer="band 10 km inside")
    assert status == 302
    row = policy.territory("lviv")
    assert (row.buffer, row.west) == ("band 10 km inside", 30)
    page = client.get("/officer/territories/").content.decode()
    assert "band 10 km inside" in page
    assert "exact to" in page


def test_a_distance_may_count_from_another_file(desk: Desk, as_: Callable[[User], Client]) -> None:
    line = SimpleUploadedFile("line.geojson", b'{"type": "LineString", "coordinates": [[30, 48], [30, 49]]}')
    status, _ = imported(as_(desk.cast.officer), SQUARE, buffer="band 10 km inside", along=line)
    assert status == 302
    assert policy.territory("lviv").east < 30.2


def test_a_slip_in_a_buffer_is_said_at_its_field_in_the_reader_s_language(
    desk: Desk, as_: Callable[[User], Client]
) -> None:
    client = as_(desk.cast.officer)
    status, page = imported(client, SQUARE, buffer="50 km")
    assert status == 422
    assert 'href="#id_buffer"' in page
    client.cookies["django_language"] = "uk"
    status, page = imported(client, b"\x01\x03\x00\x00\x00", buffer="")
    assert status == 422
    assert "Це не WKB" in page
    bow = b'{"type": "Polygon", "coordinates": [[[30, 48], [34, 52], [34, 48], [30, 52], [30, 48]]]}'
    _, page = imported(client, bow)
    assert "Контур coordinates[0] перетинає" in page
    assert "довгота 32, широта 50." in page


def test_rules_are_a_table_that_people_read(desk: Desk, as_: Callable[[User], Client]) -> None:
    page = as_(desk.cast.officer).get("/officer/rules/1/").content.decode()
    assert "below 75 km/h, measured over 2 minutes" in page
    assert "not registered" in page
    assert "deny" in page


def test_a_rule_set_is_approved_by_the_second_officer_alone(
    desk: Desk, as_: Callable[[User], Client]
) -> None:
    number = desk.proposal.number
    first = as_(desk.cast.officer)
    assert "A second officer has to approve it" in first.get(f"/officer/rules/{number}/").content.decode()
    refused = first.post(f"/officer/rules/{number}/approve/", follow=True).content.decode()
    assert "cannot be the second person" in refused
    assert policy.ruleset(number).state == "proposed"
    approved = as_(desk.cast.second_officer).post(f"/officer/rules/{number}/approve/", follow=True)
    assert "The rule set is approved" in approved.content.decode()
    assert policy.ruleset(number).state == "approved"


def test_a_rule_set_with_a_fault_is_refused_with_its_line(desk: Desk, as_: Callable[[User], Client]) -> None:
    officer = as_(desk.cast.officer)
    response = officer.post("/officer/rules/propose/", {"text": RULES.replace("standard", "nonsense")})
    assert response.status_code == 422
    assert "line 5" in response.content.decode()
    made = officer.post("/officer/rules/propose/", {"text": RULES}, follow=True)
    assert "Closed list" in made.content.decode()


def test_a_proposal_is_withdrawn_with_a_reason(desk: Desk, as_: Callable[[User], Client]) -> None:
    address = f"/officer/rules/{desk.proposal.number}/withdraw/"
    as_(desk.cast.officer).post(address, {"reason": "superseded by events"})
    assert policy.ruleset(desk.proposal.number).state == "withdrawn"


def test_a_release_shows_who_would_lose_service(world: World, as_: Callable[[User], Client]) -> None:
    page = as_(world.cast.officer).get("/officer/releases/northwind/2/").content.decode()
    assert "Who would lose service" in page
    assert "Within the bounds" in page


def test_a_release_is_built_assessed_and_published(world: World, as_: Callable[[User], Client]) -> None:
    officer = as_(world.cast.officer)
    made = officer.post("/officer/releases/northwind/build/", follow=True)
    assert "Release 3" in made.content.decode()
    assert publication.find_release(world.feed, 3).state == "assessed"
    published = officer.post("/officer/releases/northwind/3/publish/", follow=True)
    assert "Release 3 is published" in published.content.decode()
    assert publication.notification_of(world.feed).serial == 3  # type: ignore[union-attr]  # it is there


def test_a_protected_holder_needs_a_second_person(world: World, as_: Callable[[User], Client]) -> None:
    from groundpass.authority.register import api as register
    from support.register import protected, registered

    cast, now = world.cast, world.now
    guarded = registered(cast, protected("ut01000000-00000000-00abcdef"), now=now)
    officer = as_(cast.officer)
    officer.post("/officer/releases/northwind/build/")
    officer.post("/officer/releases/northwind/3/publish/")
    register.suspend(guarded, "reported lost", actor=cast.reviewer, now=now)
    built = officer.post("/officer/releases/northwind/build/", follow=True).content.decode()
    assert "Needs two people" in built
    alone = officer.post("/officer/releases/northwind/4/publish/", follow=True).content.decode()
    assert "Your agreement is kept" in alone
    assert "open this page and agree" in alone
    assert "You have agreed" in alone
    second = as_(cast.second_officer).post("/officer/releases/northwind/4/publish/", follow=True)
    assert "Release 4 is published" in second.content.decode()


def test_new_denials_need_offline_keys_and_take_approvals_signed_elsewhere(
    world: World, as_: Callable[[User], Client]
) -> None:
    from groundpass.kernel.trust.signing import load_signer, sign_document

    stricter = policy.propose(RULES.replace("75", "60"), actor=world.cast.officer, now=world.now)
    policy.approve(stricter.number, actor=world.cast.second_officer, now=world.now)
    officer = as_(world.cast.officer)
    page = officer.post("/officer/releases/northwind/build/", follow=True).content.decode()
    assert "Needs three offline keys" in page
    assert 'name="approvals"' in page
    request = officer.get("/officer/releases/northwind/3/approval-request.json").content
    kind = "application/vnd.groundpass.release-approval+json"
    documents = [
        SimpleUploadedFile(
            f"{n}.json", sign_document(request, kind, load_signer(world.offline / f"root-{n}.pem"))
        )
        for n in (1, 2, 3)
    ]
    few = officer.post("/officer/releases/northwind/3/publish/", {"approvals": documents[:2]}, follow=True)
    assert "needs 3 of the 5 offline keys" in few.content.decode()
    third = officer.post("/officer/releases/northwind/3/publish/", {"approvals": [documents[2]]}, follow=True)
    assert "Release 3 is published" in third.content.decode()
