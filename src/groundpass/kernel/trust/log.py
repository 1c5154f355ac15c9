"""The transparency log of an authority: a folder that only grows, and that anybody can check.

Rules:
1. A leaf is a commitment: canonical JSON of its kind and SHA-256(salt ‖ SHA-256(payload)). It reveals
   nothing; whoever holds the opening (salt and payload) can later prove what was logged.
2. Writing: entries, tiles, then the checkpoint. A kill before the checkpoint leaves the log as it was: what
   was written beyond it is written again. One writer at a time: the caller holds a lock.
3. Before it grows, the log is checked against its own last checkpoint, and against the size that the
   caller knows: a log that was restored from a backup must not fork.
4. A partial tile is deleted only when its full tile is there and the new checkpoint is out.
5. `verify_folder` recomputes every leaf hash, every tile and the root, and names the first wrong place.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from groundpass.kernel.core.errors import BadInput, NotVerified, Refused
from groundpass.kernel.trust.checkpoint import (
    MAX_NOTE,
    Checkpoint,
    LogKey,
    LogSigner,
    open_checkpoint,
    sign_checkpoint,
)
from groundpass.kernel.trust.files import read_whole, write_whole
from groundpass.kernel.trust.merkle import EMPTY_ROOT, Tree, fold, leaf_hash
from groundpass.kernel.trust.tiles import (
    ENTRIES,
    HEIGHT,
    WIDTH,
    pack_bundle,
    read_bundle,
    read_tile,
    shape,
    tile_path,
)
from groundpass.kernel.wire import canonical
from groundpass.kernel.wire.canonical import Sha256

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAME: Final = "checkpoint"
SALT_BYTES: Final = 32
MAX_LEAF: Final = 1024  # bytes

Kind = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]{0,31}\Z")]


class Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the log shows of an act: `kind` as "release", "rules", "key", "emergency"."""

    format: Literal["groundpass/leaf/1"]
    kind: Kind
    commitment: Sha256


def new_salt() -> bytes:
    """Draw a salt; whoever keeps salt and payload can open the commitment."""
    return os.urandom(SALT_BYTES)


def commit(kind: str, payload: bytes, salt: bytes) -> bytes:
    """Give the bytes of a leaf. Raises BadInput for a kind that does not read, or a short salt."""
    if len(salt) != SALT_BYTES:
        raise BadInput(f"A salt has {len(salt)} bytes, not {SALT_BYTES}")
    return canonical.write(Leaf("groundpass/leaf/1", kind, _commitment(payload, salt)))


def check_opening(leaf: bytes, payload: bytes, salt: bytes) -> str:
    """Give the kind of a leaf that commits to this payload. Raises BadInput, or NotVerified."""
    document = canonical.read(leaf, Leaf, limit=MAX_LEAF)
    if document.commitment != _commitment(payload, salt):
        raise NotVerified("A leaf of the log does not commit to this payload")
    return document.kind


@dataclass(frozen=True, slots=True)
class LogReport:
    """What `verify_folder` found to hold. kinds: leaves by kind · tiles: files recomputed."""

    origin: str
    size: int
    root: str
    kinds: dict[str, int]
    tiles: int


def append_leaves(
    folder: Path, leaves: Sequence[bytes], signer: LogSigner, *, known_size: int = 0
) -> Checkpoint:
    """Add leaves and sign the new checkpoint; `known_size` is the least size that the caller knows of.

    Raises NotVerified when the log does not match its checkpoint, Refused when it is shorter than known,
    CannotRun when the disk does not take it.
    """
    old = read_checkpoint(folder, signer.key)
    if old.size < known_size:
        raise Refused(
            f"The log in {folder} has {old.size} leaves, and had {known_size}",
            why="it was restored from an old copy, and would fork if it grew",
            todo="Restore the whole log",
        )
    edge = _edge(folder, old)
    entries = _last_entries(folder, old.size)
    for leaf in leaves:
        _grow(folder, edge, entries, leaf)
    size = old.size + len(leaves)
    _write_partial(folder, edge, entries, size)
    root = _root(edge)
    write_whole(folder / NAME, sign_checkpoint(size, root, signer))
    _drop_partials(folder, old.size, size)
    return Checkpoint(signer.name, size, root)


def read_checkpoint(folder: Path, key: LogKey) -> Checkpoint:
    """Read the checkpoint of a folder; of an empty one, the empty tree. Raises BadInput or NotVerified."""
    if not (folder / NAME).exists():
        return Checkpoint(key.name, 0, EMPTY_ROOT)
    return open_checkpoint(read_whole(folder / NAME, limit=MAX_NOTE), key)


def verify_folder(folder: Path, key: LogKey) -> LogReport:
    """Recompute a whole log. Raises NotVerified or BadInput naming the first place that is wrong."""
    checkpoint = open_checkpoint(read_whole(folder / NAME, limit=MAX_NOTE), key)
    tree, kinds, tiles = Tree(), Counter[str](), 0
    for level, index, width in shape(checkpoint.size):
        tiles += 1
        if level == 0:
            for entry in read_bundle(folder, index, width):
                tree.append(entry)
                kinds[canonical.read(entry, Leaf, limit=MAX_LEAF).kind] += 1
        hashes = tree.level(HEIGHT * level)[index * WIDTH : index * WIDTH + width]
        if read_tile(folder, level, index, width) != hashes:
            raise NotVerified(f"The tile {tile_path(level, index, width)} is not what the entries give")
    if tree.root() != checkpoint.root:
        raise NotVerified(f"The root of the log is not the one of its checkpoint at {checkpoint.size} leaves")
    return LogReport(checkpoint.origin, checkpoint.size, checkpoint.root.hex(), dict(kinds), tiles)


def prove_inclusion(folder: Path, index: int, size: int) -> list[bytes]:
    """Prove that a leaf is in the log of `size`. Raises NotVerified when entries lack, or BadInput."""
    return _tree(folder, size).inclusion(index, size)


def prove_consistency(folder: Path, old: int, size: int) -> list[bytes]:
    """Prove that the log of `size` only grew from `old`. Raises NotVerified where entries lack, BadInput."""
    return _tree(folder, size).consistency(old, size)


def _tree(folder: Path, size: int) -> Tree:
    bundles = (part for part in shape(size) if part[0] == 0)
    return Tree(entry for _, index, width in bundles for entry in read_bundle(folder, index, width))


def _commitment(payload: bytes, salt: bytes) -> str:
    return hashlib.sha256(salt + hashlib.sha256(payload).digest()).hexdigest()


def _edge(folder: Path, old: Checkpoint) -> list[tuple[int, list[bytes]]]:
    """Give the growing tile of each level: (index, hashes so far), checked against the checkpoint."""
    edge = []
    level = 0
    while old.size >> HEIGHT * level:
        index, width = divmod(old.size >> HEIGHT * level, WIDTH)
        edge.append((index, read_tile(folder, level, index, width) if width else []))
        level += 1
    if _root(edge) != old.root:
        raise NotVerified(f"The tiles in {folder} do not give the root of its checkpoint")
    return edge


def _last_entries(folder: Path, size: int) -> list[bytes]:
    index, width = divmod(size, WIDTH)
    return read_bundle(folder, index, width) if width else []


def _grow(folder: Path, edge: list[tuple[int, list[bytes]]], entries: list[bytes], leaf: bytes) -> None:
    """Add one leaf; write what becomes full by it."""
    canonical.read(leaf, Leaf, limit=MAX_LEAF)
    entries.append(leaf)
    node, level = leaf_hash(leaf), 0
    while True:
        if level == len(edge):
            edge.append((0, []))
        index, hashes = edge[level]
        hashes.append(node)
        if len(hashes) < WIDTH:
            return
        if level == 0:
            write_whole(folder / tile_path(ENTRIES, index), pack_bundle(entries))
            entries.clear()
        write_whole(folder / tile_path(level, index), b"".join(hashes))
        node = fold(hashes)
        edge[level] = (index + 1, [])
        level += 1


def _write_partial(
    folder: Path, edge: list[tuple[int, list[bytes]]], entries: list[bytes], size: int
) -> None:
    if entries:
        write_whole(folder / tile_path(ENTRIES, size // WIDTH, len(entries)), pack_bundle(entries))
    for level, (index, hashes) in enumerate(edge):
        if hashes:
            write_whole(folder / tile_path(level, index, len(hashes)), b"".join(hashes))


def _root(edge: list[tuple[int, list[bytes]]]) -> bytes:
    """Fold the growing tiles, smallest subtrees first, into the root."""
    rest: list[bytes] = []
    for _, hashes in edge:
        rest = [fold([*hashes, *rest])] if hashes or rest else []
    return fold(rest)


def _drop_partials(folder: Path, old: int, size: int) -> None:
    """Delete the partial tiles whose full ones came with this growth."""
    level = 0
    while size >> HEIGHT * level:
        for index in range((old >> HEIGHT * level) // WIDTH, (size >> HEIGHT * level) // WIDTH):
            for name in (level, ENTRIES) if level == 0 else (level,):
                partial = folder / f"{tile_path(name, index)}.p"
                shutil.rmtree(partial, ignore_errors=True)
        level += 1
