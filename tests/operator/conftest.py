"""A publisher, an operator's keys, and a store that trusts the publisher's root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from groundpass.operator.keys import OperatorKeys
from groundpass.operator.store import Store, init_store
from support.publisher import Publisher, utid
from support.times import NOW

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def keys(tmp_path: Path) -> OperatorKeys:
    return OperatorKeys.create(tmp_path / "operator-keys")


@pytest.fixture
def publisher(tmp_path: Path, keys: OperatorKeys) -> Publisher:
    return Publisher(tmp_path / "publisher", keys.wrap_public, NOW, listed=[utid(n) for n in range(1, 301)])


@pytest.fixture
def store(tmp_path: Path, publisher: Publisher, keys: OperatorKeys) -> Store:
    return init_store(tmp_path / "store", publisher.root, keys, str(publisher.public), now=NOW)
