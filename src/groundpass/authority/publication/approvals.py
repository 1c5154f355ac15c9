"""Approvals of a release by holders of the offline keys: kept beside its state until it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from groundpass.authority.publication.brake.agreement import APPROVAL, MAX_APPROVAL, payload
from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.trust.files import read_whole, write_whole
from groundpass.kernel.trust.signing import load_signer, sign_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from groundpass.authority.publication.folders import Folders
    from groundpass.authority.publication.models import Release

SUFFIX: Final = ".approval.json"


def collect(folders: Folders, release: Release, offline_keys: Path | None) -> list[bytes]:
    """Every approval given so far, with those that `offline_keys` brings: its keys sign here, once each.

    Raises CannotRun where the folder has neither a root key nor an approval, or a key does not open.
    """
    kept = folders.work / f"{release.serial}.approvals"
    if offline_keys is not None:
        brought = dict(_brought(offline_keys, payload(release)))
        if not brought:
            raise CannotRun(
                f"There is no root key in {offline_keys}",
                todo=f"Name the folder with root-N.pem or *{SUFFIX}",
            )
        for name, document in brought.items():
            write_whole(kept / f"{name}{SUFFIX}", document, mode=0o600)
    return [read_whole(path, limit=MAX_APPROVAL) for path in sorted(kept.glob(f"*{SUFFIX}"))]


def _brought(folder: Path, meant: bytes) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.glob("root-*.pem")):
        yield path.stem, sign_document(meant, APPROVAL, load_signer(path))
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        yield path.name.removesuffix(SUFFIX), read_whole(path, limit=MAX_APPROVAL)
