"""The operator's part stands without Django, and its keys are kept."""

from __future__ import annotations

import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from groundpass.kernel.core.errors import BadInput, CannotRun
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.store import Store, init_store
from groundpass.operator.sync import sync
from support.times import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from support.publisher import Publisher


@pytest.mark.parametrize("module", ["groundpass.operator", "groundpass.operator.api"])
def test_importing_the_operators_part_leaves_django_out(module: str) -> None:
    code = f"import sys, {module}; print(sorted(m for m in sys.modules if m.split('.')[0] == 'django'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_private_keys_are_the_operators_alone_and_never_overwritten(tmp_path: Path) -> None:
    keys = OperatorKeys.create(tmp_path / "keys")
    for name in ("wrap.pem", "sign.pem"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o600
    with pytest.raises(CannotRun, match="never overwritten"):
        OperatorKeys.create(tmp_path / "keys")
    assert OperatorKeys.load(tmp_path / "keys") == keys
    assert "PRIVATE" not in repr(keys)


def test_keys_that_are_missing_are_named(tmp_path: Path) -> None:
    OperatorKeys.create(tmp_path / "keys")
    (tmp_path / "keys" / "sign.pem").unlink()
    with pytest.raises(CannotRun, match=r"sign\.pem"):
        OperatorKeys.load(tmp_path / "keys")


def test_making_a_store_twice_changes_nothing_and_other_keys_are_refused(
    tmp_path: Path, publisher: Publisher, store: Store, keys: OperatorKeys
) -> None:
    again = init_store(store.folder, publisher.root, keys, "elsewhere", now=NOW + 1)
    assert again.settings == store.settings
    others = OperatorKeys.create(tmp_path / "others")
    with pytest.raises(CannotRun, match="another key"):
        init_store(store.folder, publisher.root, others, "elsewhere", now=NOW)


def test_a_store_needs_a_feed_and_remembers_it_from_every_folder(
    tmp_path: Path, publisher: Publisher, keys: OperatorKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="no feed"):
        sync("", tmp_path / "new", now=NOW, root=publisher.root, keys=keys)
    publisher.publish()
    monkeypatch.chdir(publisher.folder)
    sync("public", tmp_path / "new", now=NOW, root=publisher.root, keys=keys)
    monkeypatch.chdir(tmp_path)
    assert sync("", "new", now=NOW).how == "unchanged"


def test_a_store_whose_settings_do_not_read_says_so(store: Store) -> None:
    (store.folder / "store.json").write_text("{")
    with pytest.raises(CannotRun, match=r"store\.json does not read"):
        Store.open(store.folder)
