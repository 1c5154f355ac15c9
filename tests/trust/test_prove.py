"""The reference tree of certificate transparency: its leaves, roots and proofs are published."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundpass.kernel.core.errors import BadInput, NotVerified
from groundpass.kernel.trust.merkle import (
    EMPTY_ROOT,
    Tree,
    fold,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = [  # index, size, proof
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCIES = [  # old size, size, proof
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out(size):
    tree = Tree(LEAVES)
    assert Tree(LEAVES[:size]).root().hex() == tree.root(size).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSIONS)
def test_the_published_inclusion_proofs_come_out_and_hold(index, size, proof):
    made = Tree(LEAVES).inclusion(index, size)
    assert [part.hex() for part in made] == proof
    verify_inclusion(leaf_hash(LEAVES[index]), index, size, made, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "size", "proof"), CONSISTENCIES)
def test_the_published_consistency_proofs_come_out_and_hold(old, size, proof):
    made = Tree(LEAVES).consistency(old, size)
    assert [part.hex() for part in made] == proof
    verify_consistency(old, size, made, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size]))


def reference_root(leaves):
    """The definition of RFC 6962, section 2.1, word for word."""
    if len(leaves) <= 1:
        return leaf_hash(leaves[0]) if leaves else EMPTY_ROOT
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return fold([reference_root(leaves[:split]), reference_root(leaves[split:])])


def test_every_proof_of_every_small_tree_holds():
    leaves = [bytes([n]) for n in range(33)]
    tree = Tree(leaves)
    for size in range(1, 34):
        assert tree.root(size) == reference_root(leaves[:size])
        for index in range(size):
            verify_inclusion(
                leaf_hash(leaves[index]), index, size, tree.inclusion(index, size), tree.root(size)
            )
            proof = tree.consistency(index + 1, size)
            verify_consistency(index + 1, size, proof, tree.root(index + 1), tree.root(size))
        verify_consistency(0, size, tree.consistency(0, size), EMPTY_ROOT, tree.root(size))


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 40), st.data())
def test_a_proof_that_was_touched_does_not_hold(size, data):
    tree = Tree(bytes([n]) for n in range(size))
    index = data.draw(st.integers(0, size - 1))
    leaf, root = leaf_hash(bytes([index])), tree.root()
    proof = tree.inclusion(index)
    place = data.draw(st.integers(0, len(proof) - 1))
    touched = [*proof[:place], bytes(32), *proof[place + 1 :]]
    for wrong in (touched, proof[:-1], [*proof, bytes(32)]):
        with pytest.raises(NotVerified):
            verify_inclusion(leaf, index, size, wrong, root)
    for other in (index - 1, index + 1, -1, size):
        with pytest.raises(NotVerified):
            verify_inclusion(leaf, other, size, proof, root)


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 40), st.data())
def test_a_log_that_was_rewritten_has_no_consistency_proof(size, data):
    old = data.draw(st.integers(1, size - 1))
    first = Tree(bytes([n]) for n in range(size))
    second = Tree(bytes([n or 99]) for n in range(size))
    proof = second.consistency(old)
    verify_consistency(old, size, proof, second.root(old), second.root())
    for wrong, old_root, root in (
        (proof, first.root(old), second.root()),
        (first.consistency(old), first.root(old), second.root()),
        (proof[:-1], second.root(old), second.root()),
        ([*proof, bytes(32)], second.root(old), second.root()),
        ([], second.root(old), second.root()),
    ):
        with pytest.raises(NotVerified):
            verify_consistency(old, size, wrong, old_root, root)


def test_a_log_cannot_shrink_nor_stand_still_with_another_root():
    tree = Tree(LEAVES)
    for old, size, proof, old_root, root in (
        (8, 7, [], tree.root(), tree.root(7)),
        (8, 8, [], tree.root(7), tree.root()),
        (8, 8, [bytes(32)], tree.root(), tree.root()),
        (0, 8, [], tree.root(), tree.root()),
        (0, 8, [bytes(32)], EMPTY_ROOT, tree.root()),
    ):
        with pytest.raises(NotVerified):
            verify_consistency(old, size, proof, old_root, root)


def test_proofs_of_what_is_not_there_are_refused():
    tree = Tree(LEAVES)
    for ask in (
        lambda: tree.root(9),
        lambda: tree.root(-1),
        lambda: tree.inclusion(8),
        lambda: tree.inclusion(0, 0),
        lambda: tree.consistency(8, 7),
        lambda: tree.consistency(-1),
    ):
        with pytest.raises(BadInput):
            ask()
