"""A release is one moment of the register, on each database."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from groundpass.authority.publication.api import build
from groundpass.authority.publication.view import consistent_view
from groundpass.authority.register.api import count_at
from groundpass.kernel.core.errors import CannotRun
from support.register import fill
from support.times import HOUR, NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_a_release_is_built_signed_and_published(authority):
    assert authority.publish().state == "published"
    fill(authority.cast, 2, now=NOW + HOUR, seed=99)
    assert authority.publish(NOW + HOUR, offline=False).entries == 5


def test_what_is_written_after_the_view_was_opened_is_not_seen_in_it(authority):
    if connection.vendor == "sqlite":
        with consistent_view():  # IMMEDIATE: a writer would wait for this transaction to end
            assert connection.in_atomic_block
        return
    from concurrent.futures import ThreadPoolExecutor

    def write():
        fill(authority.cast, 1, now=NOW, seed=99)
        connection.close()

    with ThreadPoolExecutor(1) as pool, consistent_view():
        before = count_at(NOW + HOUR)
        pool.submit(write).result()
        assert count_at(NOW + HOUR) == before
    assert count_at(NOW + HOUR) == before + 1


def test_a_release_is_not_built_inside_a_transaction_that_sees_changes(authority):
    if connection.vendor == "sqlite":
        with transaction.atomic():  # on SQLite the outer transaction is the one consistent view
            assert build(authority.feed, actor=authority.cast.officer, now=NOW).serial == 1
        return
    with transaction.atomic(), pytest.raises(CannotRun, match="outside of any other transaction"):
        build(authority.feed, actor=authority.cast.officer, now=NOW)
