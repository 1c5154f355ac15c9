"""The publisher's side of TUF: keys, root, and releases signed by several hands.

Rules:
1. Roles: root 3 of 5, offline; targets 2 of 2, publisher and brake; snapshot and timestamp one online key.
   No delegations: cached delegated roles are a known gap of existing clients.
2. The two signatures of targets are made by two calls, so that the brake can look first and sign alone:
   `draft = prepare(…)`, `draft.sign("targets", publisher)`, `draft.sign("targets", brake)`, `commit(draft)`.
3. `commit` writes nothing below the threshold, and nothing whose bytes are not those that were signed.
4. Order of writing: target files, targets, snapshot, timestamp last. Every file is written whole, so that a
   client at any instant sees the release before or this one. Names are consistent snapshots.
5. Nothing that gets signed is read back from the public folder, which a web server may share: what stays from
   the release before is named by the caller, with size and hash.
6. Versions only grow; `floor` lifts them past everything ever published after a backup was restored.

Not here: the client (`groundpass.operator`), what the files mean (`kernel.wire`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from securesystemslib.exceptions import VerificationError
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization import DeserializationError

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified, Refused
from groundpass.kernel.trust.files import read_whole, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from groundpass.kernel.trust.ceremony import RoleKeys
    from groundpass.kernel.trust.signing import Signer

AnyRole = TypeVar("AnyRole", Root, Targets, Snapshot, Timestamp)

DAY: Final = 86_400
ROOT_DAYS: Final = 365
TARGETS_DAYS: Final = 90
SNAPSHOT_DAYS: Final = 90
TIMESTAMP_DAYS: Final = 14
RENEW_DAYS: Final = 30  # a snapshot with less left is signed again by `refresh`
ROOT_THRESHOLD: Final = 3
TARGETS_THRESHOLD: Final = 2
MAX_METADATA: Final = 2**22  # bytes of one metadata file
KEPT_VERSIONS: Final = 3  # releases that `prune` leaves for slow clients


class Kept(Protocol):
    """A file published before that stays: a `FileRef` or `DeltaRef` of the notification."""

    @property
    def name(self) -> str:
        """Name of the target."""

    @property
    def sha256(self) -> str:
        """Hash of the file, hex."""

    @property
    def size(self) -> int:
        """Bytes of the file."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A release that is not published yet: the targets metadata and the new files that it names."""

    metadata: Metadata[Targets]
    files: Mapping[str, bytes]

    def sign(self, role: str, signer: Signer) -> None:
        """Add a signature. Raises BadInput for any role but targets."""
        if role != Targets.type:
            raise BadInput(f"A draft is signed as targets, not as {role!r}")
        self.metadata.sign(signer, append=True)

    @property
    def signatures(self) -> int:
        """How many have signed, counted as the threshold counts: valid or not, one a key."""
        return len(self.metadata.signatures)


class Repository:
    """A folder with `metadata/` and `targets/`, as a TUF client reads them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._metadata = folder / "metadata"
        self._targets = folder / "targets"

    @classmethod
    def create(cls, folder: Path, keys: RoleKeys, root_signers: Sequence[Signer], *, now: int) -> Repository:
        """Found a repository with its first root.

        Raises Refused when there is one already, or below three of the root keys.
        """
        repository = cls(folder)
        if repository._root_versions():
            raise Refused(f"There is a TUF repository in {folder} already")
        repository._write_root(_root(keys, 1, now), None, root_signers)
        return repository

    def root_bytes(self, version: int | None = None) -> bytes:
        """Give a root as it is to be handed out of band; the newest by default. Raises CannotRun."""
        chosen = version or max(self._root_versions(), default=1)
        return read_whole(self._metadata / f"{chosen}.root.json", limit=MAX_METADATA)

    def rotate(self, keys: RoleKeys, root_signers: Sequence[Signer], *, now: int) -> None:
        """Write the next root: new keys, or the same for another year.

        Needs three of the old root keys and three of the new ones, else Refused. When keys of other roles
        change, commit a release right after: clients refuse what the old keys signed.
        """
        old = self._root()
        self._write_root(_root(keys, old.version + 1, now), old, root_signers)

    def prepare(
        self,
        targets: Mapping[str, bytes | Path],
        *,
        keep: Iterable[Kept] = (),
        now: int,
        floor: int = 1,
    ) -> Draft:
        """Draft a release of new `targets` and of files that stay; `floor` is the least version it gets."""
        files = {
            name: data if isinstance(data, bytes) else data.read_bytes() for name, data in targets.items()
        }
        listed = {name: TargetFile.from_data(name, data) for name, data in files.items()}
        for kept in keep:
            listed.setdefault(kept.name, TargetFile(kept.size, {"sha256": kept.sha256}, kept.name))
        version = max(self._version("targets") + 1, floor)
        signed = Targets(version=version, expires=_expiry(now, TARGETS_DAYS), targets=listed)
        return Draft(Metadata(signed), files)

    def commit(self, draft: Draft, online: Signer, *, now: int) -> int:
        """Publish a draft that both have signed; gives its version.

        Raises Refused below the threshold, when another release came first, or when a file that stays is not
        there whole; CannotRun when the disk does not take it.
        """
        root = self._root()
        _check_signed(root, draft.metadata)
        version = draft.metadata.signed.version
        if version <= self._version("targets"):
            raise Refused("Another release came first", todo="Prepare this one again")
        self._write_files(draft)
        self._write(f"{version}.targets.json", draft.metadata)
        self._publish_snapshot(root, MetaFile(version), online, now, floor=version)
        return version

    def refresh(self, online: Signer, *, now: int) -> None:
        """Sign the timestamp again, and the snapshot when it runs out soon: nothing else changes."""
        snapshot = _read(self._metadata / f"{self._version('snapshot')}.snapshot.json", Snapshot)
        left = snapshot.signed.expires - _moment(now)
        if left < dt.timedelta(days=RENEW_DAYS):
            meta = snapshot.signed.meta["targets.json"]
            self._publish_snapshot(self._root(), meta, online, now, floor=1)
        else:
            self._publish_timestamp(self._root(), snapshot.signed.version, online, now, floor=1)

    def prune(self) -> list[Path]:
        """Delete what only releases before the last three name; gives the files deleted."""
        keep: set[str] = set()
        gone: list[Path] = []
        for role in ("targets", "snapshot"):
            versions = sorted(self._versions(role))
            gone += [self._metadata / f"{version}.{role}.json" for version in versions[:-KEPT_VERSIONS]]
            if role == "targets":
                for version in versions[-KEPT_VERSIONS:]:
                    keep |= self._named(version)
        gone += [path for path in self._targets.iterdir() if path.is_file() and path.name not in keep]
        for path in gone:
            path.unlink()
        return gone

    def _named(self, version: int) -> set[str]:
        path = self._metadata / f"{version}.targets.json"
        listed = _read(path, Targets).signed.targets.values()
        return {name for target in listed for name in target.get_prefixed_paths()}

    def _write_files(self, draft: Draft) -> None:
        for name, target in draft.metadata.signed.targets.items():
            place = self._targets / target.get_prefixed_paths()[0]
            data = draft.files.get(name)
            if data is None and place.is_file():
                data = place.read_bytes()
            if data is None or len(data) != target.length or _sha256(data) != target.hashes["sha256"]:
                raise Refused(f"The file {name} is not the one that was signed")
            if name in draft.files:
                write_whole(place, data)

    def _publish_snapshot(
        self, root: Root, targets: MetaFile, online: Signer, now: int, *, floor: int
    ) -> None:
        version = max(self._version("snapshot") + 1, floor)
        signed = Snapshot(version, expires=_expiry(now, SNAPSHOT_DAYS), meta={"targets.json": targets})
        self._sign_online(root, f"{version}.snapshot.json", signed, online)
        self._publish_timestamp(root, version, online, now, floor=floor)

    def _publish_timestamp(self, root: Root, snapshot: int, online: Signer, now: int, *, floor: int) -> None:
        version = max(self._version("timestamp") + 1, floor)
        expires = _expiry(now, TIMESTAMP_DAYS)
        signed = Timestamp(version, expires=expires, snapshot_meta=MetaFile(snapshot))
        self._sign_online(root, "timestamp.json", signed, online)

    def _sign_online(self, root: Root, name: str, signed: AnyRole, online: Signer) -> None:
        metadata = Metadata(signed)
        metadata.sign(online)
        _check_signed(root, metadata)
        self._write(name, metadata)

    def _write_root(self, root: Root, previous: Root | None, signers: Sequence[Signer]) -> None:
        metadata = Metadata(root)
        for signer in signers:
            metadata.sign(signer, append=True)
        result = root.get_root_verification_result(previous, metadata.signed_bytes, metadata.signatures)
        if not result:
            raise Refused(
                f"Root {root.version} is not signed by {ROOT_THRESHOLD} of its keys",
                why=f"{len(result.signed)} valid signatures were given",
                todo="Bring the holders of more root keys",
            )
        self._write(f"{root.version}.root.json", metadata)

    def _root(self) -> Root:
        version = max(self._root_versions(), default=0)
        if not version:
            raise CannotRun(f"There is no TUF repository in {self.folder}", todo="Hold the ceremony first")
        return _read(self._metadata / f"{version}.root.json", Root).signed

    def _root_versions(self) -> list[int]:
        return self._versions("root")

    def _versions(self, role: str) -> list[int]:
        names = [path.name for path in self._metadata.glob(f"*.{role}.json")]
        return [int(name.split(".")[0]) for name in names if name.split(".")[0].isdigit()]

    def _version(self, role: str) -> int:
        """Version that clients may have seen, 0 when there is none."""
        if role != "timestamp":
            return max(self._versions(role), default=0)
        path = self._metadata / "timestamp.json"
        return _read(path, Timestamp).signed.version if path.exists() else 0

    def _write(self, name: str, metadata: Metadata[AnyRole]) -> None:
        write_whole(self._metadata / name, metadata.to_bytes())


def _root(keys: RoleKeys, version: int, now: int) -> Root:
    """Say which keys make which role, by which threshold. Raises BadInput for too few or repeated keys."""
    roles = {
        "root": (keys.root, ROOT_THRESHOLD),
        "targets": ((keys.publisher, keys.brake), TARGETS_THRESHOLD),
        "snapshot": ((keys.online,), 1),
        "timestamp": ((keys.online,), 1),
    }
    offline = {key.keyid for key in keys.root}
    if len({*offline, keys.publisher.keyid, keys.brake.keyid, keys.online.keyid}) != len(keys.root) + 3:
        raise BadInput("One key is given for two roles", todo="Root, publisher, brake and online keys differ")
    if len(offline) < ROOT_THRESHOLD:
        raise BadInput(f"{len(offline)} root keys are fewer than {ROOT_THRESHOLD}")
    return Root(
        version=version,
        expires=_expiry(now, ROOT_DAYS),
        keys={key.keyid: key for holders, _ in roles.values() for key in holders},
        roles={name: Role([key.keyid for key in holders], least) for name, (holders, least) in roles.items()},
        consistent_snapshot=True,
    )


def _check_signed(root: Root, metadata: Metadata[AnyRole]) -> None:
    role = metadata.signed.type
    try:
        root.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, VerificationError) as error:
        need = root.roles[role].threshold
        raise Refused(
            f"The {role} metadata is not signed by the {need} that must sign it", why=str(error)
        ) from error


def _read(path: Path, kind: type[AnyRole]) -> Metadata[AnyRole]:
    try:
        metadata: Metadata[AnyRole] = Metadata.from_bytes(read_whole(path, limit=MAX_METADATA))
    except DeserializationError as error:
        raise NotVerified(f"{path} is not TUF metadata", why=str(error)) from error
    if not isinstance(metadata.signed, kind):
        raise NotVerified(f"{path} is not {kind.type} metadata")
    return metadata


def _expiry(now: int, days: int) -> dt.datetime:
    return _moment(now + days * DAY)


def _moment(second: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(second, tz=dt.UTC)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
