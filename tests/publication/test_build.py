"""What the register says becomes a state, whole, or nothing does."""

from __future__ import annotations

import pytest
from django.db import connection

from groundpass.authority.publication.api import build, entry_key_of, releases, state_of
from groundpass.authority.publication.folders import Folders
from groundpass.authority.publication.view import consistent_view
from groundpass.authority.publication.work import read_protected
from groundpass.authority.register.api import revoke, suspend
from groundpass.authority.register.models import Registration, RegistrationFlip, Terminal
from groundpass.kernel.core.errors import BadIdentifier, CannotRun, NoRight, NotVerified, Refused
from groundpass.kernel.wire.state import state_hash
from support.register import UTIDS, fill, protected, registered
from support.times import HOUR, NOW

pytestmark = pytest.mark.django_db


def test_a_release_holds_every_listed_terminal_by_its_key_and_nothing_else(authority):
    with pytest.raises(NoRight):
        build(authority.feed, actor=authority.cast.reviewer, now=NOW + 60)
    release = build(authority.feed, actor=authority.cast.officer, now=NOW + 60)
    state = state_of(release)
    values = [row.terminal.value for row in authority.registrations]
    assert sorted(state.entries.key.tolist()) == sorted(
        entry_key_of(authority.feed, value) for value in values
    )
    assert (release.serial, release.entries, release.state, state.issued) == (1, 3, "built", NOW + 60)
    assert [state.profiles[number] for number in set(state.entries.profile)] == ["standard"]
    assert set(state.entries.valid_from) == {NOW}
    assert [territory.id for territory in state.territories] == ["ua"]
    assert state_hash(state) == release.state_hash
    with pytest.raises(BadIdentifier):
        entry_key_of(authority.feed, "ut01")


def test_suspended_and_revoked_terminals_leave_with_the_next_release(authority):
    one, two, three = authority.registrations
    suspend(one, "lost", actor=authority.cast.reviewer, now=NOW + 60)
    revoke(two, "sold abroad", actor=authority.cast.reviewer, now=NOW + 60)
    state = state_of(build(authority.feed, actor=authority.cast.officer, now=NOW + 60))
    assert state.entries.key.tolist() == [entry_key_of(authority.feed, three.terminal.value)]


def test_an_empty_register_never_becomes_a_release(authority):
    for row in authority.registrations:
        revoke(row, "sold abroad", actor=authority.cast.reviewer, now=NOW + 60)
    with pytest.raises(Refused, match="an empty list is never released"):
        build(authority.feed, actor=authority.cast.officer, now=NOW + 60)
    assert not releases(authority.feed).exists()


def test_rows_that_do_not_add_up_stop_everything(authority):
    RegistrationFlip.objects.filter(registration=authority.registrations[0]).delete()
    with pytest.raises(Refused, match="gives 3 listed terminals and counts 2"):
        build(authority.feed, actor=authority.cast.officer, now=NOW + 60)
    assert not releases(authority.feed).exists()


def test_identifiers_and_profiles_that_do_not_hold_stop_everything(authority):
    row = authority.registrations[0]
    good = row.terminal.value
    Terminal.objects.filter(pk=row.terminal_id).update(value="no identifier")
    with pytest.raises(Refused, match="1 identifiers of the register do not read as utid"):
        build(authority.feed, actor=authority.cast.officer, now=NOW + 60)
    Terminal.objects.filter(pk=row.terminal_id).update(value=good)
    Registration.objects.filter(pk=row.pk).update(profile="tank")
    with pytest.raises(Refused, match=r"does not know: tank.*Known are standard, mobile, air"):
        build(authority.feed, actor=authority.cast.officer, now=NOW + 60)
    assert not releases(authority.feed).exists()


def test_two_terminals_with_one_key_stop_everything(authority):
    value = authority.registrations[0].terminal.value
    Terminal.objects.filter(pk=authority.registrations[1].terminal_id).update(value=f"ut{value}")
    with pytest.raises(Refused, match="have one key"):
        build(authority.feed, actor=authority.cast.officer, now=NOW + 60)


def test_terminals_of_another_operator_stay_out(authority):
    Terminal.objects.filter(pk=authority.registrations[0].terminal_id).update(scheme="dish")
    assert build(authority.feed, actor=authority.cast.officer, now=NOW + 60).entries == 2


def test_a_database_from_a_backup_never_gets_an_old_serial_again(authority):
    def serial():
        return build(authority.feed, actor=authority.cast.officer, now=NOW + 60).serial

    assert [serial(), serial()] == [1, 2]
    releases(authority.feed).delete()  # as a restored backup that knows of none
    assert serial() == 3
    (Folders("northwind").work / "serial").unlink()
    assert serial() == 4


def test_who_is_protected_stays_out_of_the_release_and_beside_it_sealed(authority):
    row = registered(authority.cast, protected(UTIDS[40]))
    release = build(authority.feed, actor=authority.cast.officer, now=NOW + 60)
    key = entry_key_of(authority.feed, row.terminal.value)
    assert read_protected(Folders("northwind"), release.serial).tolist() == [key]
    state = state_of(release)
    assert state.entries.profile[state.entries.key == key].tolist() == [state.profiles.index("mobile")]
    sealed = (Folders("northwind").work / "1.protected").read_bytes()
    assert key.to_bytes(8, "little") not in sealed


def test_a_state_whose_bytes_were_changed_is_refused(authority):
    release = build(authority.feed, actor=authority.cast.officer, now=NOW + 60)
    path = Folders("northwind").work / "1.state"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(NotVerified, match="is not the one that was built"):
        state_of(release)


def _migrations(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_nothing_is_built_while_migrations_are_open_or_newer_than_the_program(authority):
    def refused(reason):
        with pytest.raises(CannotRun, match=reason):
            build(authority.feed, actor=authority.cast.officer, now=NOW + 60)

    insert = "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, '2026-01-01')"
    _migrations("DELETE FROM django_migrations WHERE app = 'policy' AND name = '0001_initial'")
    refused(r"lacks migrations\. Policy 0001_initial")
    _migrations(insert, "policy", "0001_initial")
    _migrations(insert, "policy", "0999_from_the_future")
    refused("newer migrations than this program.*0999_from_the_future")
    _migrations("DELETE FROM django_migrations WHERE name = '0999_from_the_future'")
    assert build(authority.feed, actor=authority.cast.officer, now=NOW + 60).serial == 1


def test_nothing_that_was_read_is_used_if_a_migration_ran_meanwhile(authority):
    insert = "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, '2026-01-01')"
    with pytest.raises(CannotRun, match="A migration ran while the register was read"), consistent_view():
        _migrations(insert, "register", "0998_meanwhile")


def test_the_list_is_that_of_its_moment(authority):
    fill(authority.cast, 2, now=NOW + HOUR, seed=99)
    assert build(authority.feed, actor=authority.cast.officer, now=NOW + 60).entries == 3
    assert build(authority.feed, actor=authority.cast.officer, now=NOW + HOUR).entries == 5
