"""The Merkle tree of RFC 6962, section 2.1: hashes, inclusion proofs, consistency proofs.

Rules:
1. A leaf is hashed behind a zero byte, a node behind a one, so that no leaf passes for a node.
2. A tree of n leaves splits at the largest power of two below n; a lone subtree is not hashed again.
3. `Tree` keeps the hash of every complete subtree, by height: a proof costs a logarithm of look-ups.
4. Verifying follows RFC 9162, sections 2.1.3.2 and 2.1.4.2, and raises NotVerified; a proof that is too long
   or too short is as wrong as one with a wrong hash.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from groundpass.kernel.core.errors import BadInput, NotVerified

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash the bytes of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Give the root over subtrees of equal, complete size, of which only the last may be smaller."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = _split(len(hashes))
    return node_hash(fold(hashes[:split]), fold(hashes[split:]))


class Tree:
    """A tree that grows; asked for any size that it has had."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> int:
        """Add a leaf; gives its index."""
        node, height = leaf_hash(leaf), 0
        self._levels[0].append(node)
        while len(self._levels[height]) % 2 == 0:
            node = node_hash(*self._levels[height][-2:])
            height += 1
            if height == len(self._levels):
                self._levels.append([])
            self._levels[height].append(node)
        return len(self) - 1

    def level(self, height: int) -> Sequence[bytes]:
        """Give the hashes of all complete subtrees of 2^height leaves."""
        return self._levels[height] if height < len(self._levels) else []

    def root(self, size: int | None = None) -> bytes:
        """Give the root of the first `size` leaves. Raises BadInput for more than there are."""
        size = self._size(size)
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Prove that the leaf `index` is in the tree of `size`. Raises BadInput."""
        size = self._size(size)
        if not 0 <= index < size:
            raise BadInput(f"There is no leaf {index} in a tree of {size}")
        proof, start, end = [], 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """Prove that the tree of `old` leaves is a beginning of the tree of `size`. Raises BadInput."""
        size = self._size(size)
        if not 0 <= old <= size:
            raise BadInput(f"A tree of {old} leaves is no beginning of one of {size}")
        if old in {0, size}:
            return []
        proof, start, end = [], 0, size
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        if start:
            proof.append(self._range(start, end))
        return proof[::-1]

    def _size(self, size: int | None) -> int:
        chosen = len(self) if size is None else size
        if not 0 <= chosen <= len(self):
            raise BadInput(f"The tree has {len(self)} leaves, not {chosen}")
        return chosen

    def _range(self, start: int, end: int) -> bytes:
        """Give the root over leaves [start, end), where start is where a split put it."""
        count = end - start
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self._levels[height][start >> height]
        middle = start + _split(count)
        return node_hash(self._range(start, middle), self._range(middle, end))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check a proof that the tree of `size` and `root` holds the leaf with the hash `leaf` at `index`.

    Raises NotVerified.
    """
    if not 0 <= index < size:
        raise NotVerified(f"There is no leaf {index} in a tree of {size}")
    found = leaf
    for on_left, sibling in _climb(index, size - 1, proof):
        found = node_hash(sibling, found) if on_left else node_hash(found, sibling)
    if found != root:
        raise NotVerified("An inclusion proof does not lead to the root of the log")


def verify_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """Check a proof that a log only grew from `old` leaves to `size`. Raises NotVerified."""
    if not 0 <= old <= size:
        raise NotVerified(f"The log shrank from {old} leaves to {size}")
    if old in {0, size}:
        if proof or (old == size and old_root != root) or (old == 0 and old_root != EMPTY_ROOT):
            raise NotVerified("Two trees of the log contradict each other")
        return
    if not proof:
        raise NotVerified("A consistency proof is empty")
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for on_left, sibling in _climb(node, last, path[1:]):
        if on_left:
            first = node_hash(sibling, first)
        second = node_hash(sibling, second) if on_left else node_hash(second, sibling)
    if first != old_root or second != root:
        raise NotVerified("A consistency proof does not join the two roots of the log")


def _climb(node: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Say of each hash of a proof on which side it belongs, from the node up to the root."""
    for sibling in proof:
        if last == 0:
            raise NotVerified("A proof of the log is too long")
        on_left = bool(node & 1) or node == last
        yield on_left, sibling
        while on_left and not node & 1 and node:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    if last:
        raise NotVerified("A proof of the log is too short")


def _split(count: int) -> int:
    """Give the largest power of two below `count`, which is at least 2."""
    return 1 << (count - 1).bit_length() - 1
