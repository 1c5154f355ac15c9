"""The register by the API: check, submit, decide, import, look, suspend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from support.ids import invent_rnokpp, invent_utids

if TYPE_CHECKING:
    from rest.conftest import Caller
    from support.world import Desk


def person(**changes: Any) -> dict[str, Any]:
    return {
        "terminal": next(invent_utids(4321)),
        "holder_class": "person",
        "usage_class": "fixed",
        "tax_id": next(invent_rnokpp(55)),
        "name": "Ніна Вигадана",
        "shown": True,
        "document_type": "passport",
        "document_last": "7788",
        **changes,
    }


def test_anybody_may_ask_whether_a_terminal_is_registered(desk: Desk, api: Caller) -> None:
    known = "ut" + desk.registrations[1].terminal.value
    answer = api.post("/check", {"terminal": known}).json()
    assert answer["state"] == "registered"
    assert answer["sentence"]["uk"] == "Цей термінал зареєстровано."


def test_a_mistyped_number_comes_back_with_its_likely_fix(desk: Desk, api: Caller) -> None:
    response = api.post("/check", {"terminal": "ut01000000-0000000o-00c326fa"})
    assert response.status_code == 422
    assert response.json()["suggestion"] == "ut01000000-00000000-00c326fa"


def test_an_application_goes_from_submission_to_registration(desk: Desk, api: Caller) -> None:
    made = api.post("/applications", person(), as_=desk.cast.clerk)
    assert made.status_code == 201
    assert made.json()["office"] == "kyiv-1"
    number = made.json()["uuid"]
    same = api.post(f"/applications/{number}/approve", as_=desk.cast.clerk)
    assert same.status_code == 403
    approved = api.post(f"/applications/{number}/approve", as_=desk.cast.reviewer)
    assert approved.json()["state"] == "approved"
    again = api.post(f"/applications/{number}/approve", as_=desk.cast.reviewer)
    assert again.status_code == 409


def test_everything_that_is_wrong_is_told_at_once(desk: Desk, api: Caller) -> None:
    wrong = person(terminal="KIT00142069", tax_id="1", document_last="")
    response = api.post("/applications", wrong, as_=desk.cast.clerk)
    assert response.status_code == 422
    assert {one["field"] for one in response.json()["problems"]} == {"terminal", "tax_id", "document_last"}


def test_the_queue_has_what_waits_and_no_holder(desk: Desk, api: Caller) -> None:
    waiting = api.get("/applications", as_=desk.cast.reviewer).json()
    assert [one["uuid"] for one in waiting] == [str(one.uuid) for one in desk.applications]
    assert "Вигадана" not in str(waiting)
    assert len(api.get("/applications?limit=1", as_=desk.cast.reviewer).json()) == 1
    assert api.get("/applications?limit=0", as_=desk.cast.reviewer).status_code == 422


def test_an_application_is_refused_with_a_reason(desk: Desk, api: Caller) -> None:
    address = f"/applications/{desk.applications[0].uuid}/refuse"
    assert api.post(address, {"reason": ""}, as_=desk.cast.reviewer).status_code == 422
    refused = api.post(address, {"reason": "Two papers differ"}, as_=desk.cast.reviewer)
    assert refused.json()["state"] == "refused"
    assert refused.json()["reason"] == "Two papers differ"


def test_a_file_is_imported_good_rows_in_bad_rows_told(desk: Desk, api: Caller) -> None:
    good, bad = person(), person(terminal="hello")
    columns = list(good)
    rows = [";".join(columns), *(";".join(str(row[name]) for name in columns) for row in (good, bad))]
    content = "\r\n".join(rows).encode("cp1251")
    file = {"file": SimpleUploadedFile("list.csv", content)}
    dry = api.upload("/imports", file | {"dry_run": "true"}, as_=desk.cast.clerk).json()
    assert (dry["rows"], dry["accepted"], dry["dry_run"]) == (2, 1, True)
    file["file"].seek(0)
    told = api.upload("/imports", file, as_=desk.cast.clerk).json()
    assert (told["rows"], told["accepted"], told["duplicates"]) == (2, 1, 0)
    assert [(one["line"], one["column"]) for one in told["errors"]] == [(3, "terminal")]


def test_a_file_that_comes_as_json_is_of_the_wrong_type(desk: Desk, api: Caller) -> None:
    response = api.post("/imports", {"file": "x"}, as_=desk.cast.clerk)
    assert response.status_code in {415, 422}
    assert response["Content-Type"] == "application/problem+json"


def test_looking_at_a_record_needs_a_purpose_and_is_written_down(desk: Desk, api: Caller) -> None:
    from groundpass.authority.audit.api import events_for

    row = desk.registrations[1]
    asked = {"terminal": "ut" + row.terminal.value, "purpose": " "}
    assert api.post("/registrations/show", asked, as_=desk.cast.reviewer).status_code == 422
    record = api.post(
        "/registrations/show", asked | {"purpose": "a call from the holder"}, as_=desk.cast.reviewer
    ).json()
    assert record["holder"]["name"] == "Олена Вигадана"
    assert record["history"][0]["to_state"] == "approved"
    assert events_for(f"terminal:{row.terminal.uuid}").get().actor == "reviewer"


def test_a_registration_is_suspended_resumed_and_revoked(desk: Desk, api: Caller) -> None:
    address = f"/registrations/{desk.registrations[1].uuid}"
    states = [
        api.post(f"{address}/{verb}", {"reason": "a test"}, as_=desk.cast.reviewer).json()["state"]
        for verb in ("suspend", "resume", "revoke")
    ]
    assert states == ["suspended", "approved", "revoked"]
    final = api.post(f"{address}/resume", {"reason": "a test"}, as_=desk.cast.reviewer)
    assert final.status_code == 409
