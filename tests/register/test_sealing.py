"""Who holds a terminal is ciphertext in the database, and the keys lie elsewhere."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from groundpass.authority.audit.api import Event, Outbox
from groundpass.authority.register.api import submit
from groundpass.authority.register.keys import ring
from groundpass.authority.register.models import Application, Holder
from groundpass.kernel.core.errors import CannotRun
from support.register import RNOKPP, UTIDS, company, person, protected
from support.times import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from support.cast import Cast

pytestmark = pytest.mark.django_db

NAME = "Олена Вигадана"


def _everything() -> str:
    """Every value of every table of ours, as the database holds it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("register_", "audit_")):
                cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - names from the database itself
                found += [value for row in cursor.fetchall() for value in row]
    return "\n".join(
        bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
        for value in found
    )


@pytest.mark.postgres
def test_nothing_personal_is_legible_in_any_table(country: Cast, home: Path):
    submit(person(kit="KIT00142069"), actor=country.clerk, now=NOW)
    submit(protected(UTIDS[1], "unit-0001/7"), actor=country.liaison, now=NOW)
    legible = _everything()
    assert UTIDS[0].removeprefix("ut") in legible  # the search finds what is there
    for secret in (NAME, "Олена", RNOKPP, "4321", "unit-0001"):
        assert secret not in legible
    assert Holder.objects.get(protected=False).name == NAME
    assert Holder.objects.get(protected=False).tax_id == RNOKPP
    assert Application.objects.get(holder__protected=False).document_last == "4321"


@pytest.mark.postgres
def test_a_ciphertext_moved_to_another_row_does_not_open(country: Cast, home: Path):
    first = submit(person(), actor=country.clerk, now=NOW).holder
    second = submit(company(UTIDS[1]), actor=country.clerk, now=NOW).holder
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE register_holder SET name = (SELECT name FROM register_holder WHERE id = %s)"
            " WHERE id = %s",
            [first.pk, second.pk],
        )
    with pytest.raises(CannotRun, match="does not open"):
        _ = Holder.objects.get(pk=second.pk).name
    assert Holder.objects.get(pk=first.pk).name == NAME


def test_the_same_text_never_gives_the_same_ciphertext(country: Cast, home: Path):
    submit(person(), actor=country.clerk, now=NOW)
    submit(company(UTIDS[1], name=NAME), actor=country.clerk, now=NOW)
    sealed = list(Holder.objects.values_list("name", flat=True))
    assert len(set(sealed)) == 2
    assert all(value[0] == 1 and len(value) == 1 + 12 + len(NAME.encode()) + 16 for value in sealed)


def test_a_row_that_was_loaded_is_written_back_as_it_was(country: Cast, home: Path):
    submit(person(), actor=country.clerk, now=NOW)
    before = Holder.objects.values_list("name", "tax_id").get()
    holder = Holder.objects.get()
    holder.save()
    assert Holder.objects.values_list("name", "tax_id").get() == before
    holder.name = "Інше ім'я"
    holder.save()
    assert Holder.objects.get().name == "Інше ім'я"


def test_a_sealed_column_is_neither_searched_nor_updated_in_sql(country: Cast, home: Path):
    submit(person(), actor=country.clerk, now=NOW)
    with pytest.raises(TypeError, match="neither searched nor updated"):
        Holder.objects.filter(name=NAME).exists()
    with pytest.raises(TypeError, match="neither searched nor updated"):
        Holder.objects.update(name="x")


def test_keys_are_made_once_and_are_their_owner_s_alone(country: Cast, home: Path):
    submit(person(), actor=country.clerk, now=NOW)
    files = sorted((home / "keys").iterdir())
    assert [file.name for file in files] == ["register-index.key", "register-seal-1.key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((home / "keys").stat().st_mode) == 0o700
    assert ring() is ring()


def test_lost_keys_are_never_replaced_while_holders_exist(country: Cast, home: Path, settings: Settings):
    submit(person(), actor=country.clerk, now=NOW)
    settings.GROUNDPASS_HOME = home / "elsewhere"  # another process, with the folder of keys gone
    with pytest.raises(CannotRun, match="Restore the folder of keys"):
        submit(company(UTIDS[1]), actor=country.clerk, now=NOW)
    assert not (home / "elsewhere" / "keys").exists()
    settings.GROUNDPASS_HOME = home
    assert submit(company(UTIDS[1]), actor=country.clerk, now=NOW)


def test_a_new_sealing_key_seals_and_the_old_one_still_opens(country: Cast, home: Path, settings: Settings):
    submit(person(), actor=country.clerk, now=NOW)
    rotated = home.parent / "rotated"
    (rotated / "keys").mkdir(parents=True)
    for file in (home / "keys").iterdir():
        (rotated / "keys" / file.name).write_text(file.read_text())
    (rotated / "keys" / "register-seal-2.key").write_text("ab" * 32)
    settings.GROUNDPASS_HOME = rotated
    again = submit(person(UTIDS[1], shown=True), actor=country.clerk, now=NOW)
    submit(company(UTIDS[2]), actor=country.clerk, now=NOW)
    assert again.holder.name == NAME  # the same holder is found: the index did not rotate
    assert {bytes(value)[0] for value in Holder.objects.values_list("name", flat=True)} == {1, 2}


@pytest.mark.parametrize("text", ["ab" * 31, "not hexadecimal"])
def test_a_spoilt_key_file_is_told(country: Cast, home: Path, text: str):
    (home / "keys").mkdir(mode=0o700)
    for name in ("register-seal-1.key", "register-index.key"):
        (home / "keys" / name).write_text(text)
    with pytest.raises(CannotRun, match="do not read"):
        ring()


def test_no_event_and_no_message_names_a_terminal_or_a_person(country: Cast, home: Path):
    submit(person(), actor=country.clerk, now=NOW)
    told = [f"{event.subject} {event.detail} {event.clause}" for event in Event.objects.all()]
    told += [str(message.payload) for message in Outbox.objects.all()]
    for secret in (UTIDS[0].removeprefix("ut"), NAME, RNOKPP, "4321"):
        assert not any(secret in line for line in told)
