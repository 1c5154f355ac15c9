from __future__ import annotations

import pytest

from groundpass.kernel.core.errors import BadInput, NotVerified, Refused
from groundpass.kernel.trust import log
from groundpass.kernel.trust.checkpoint import LogSigner, open_checkpoint
from groundpass.kernel.trust.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from groundpass.kernel.trust.tiles import pack_bundle, read_bundle, shape, tile_path


@pytest.fixture(scope="module")
def signer():
    return LogSigner.new("example.com/levada")


@pytest.fixture(scope="module")
def leaves():
    return [log.commit("release", b"%d" % number, bytes(32)) for number in range(70_000)]


def write(folder, leaves, signer):
    """Write a log at once and without flushing: what growing it step by step must come to."""
    tree = Tree(leaves)
    for level, index, width in shape(len(leaves)):
        hashes = tree.level(8 * level)[index * 256 : index * 256 + width]
        put(folder / tile_path(level, index, width), b"".join(hashes))
        if level == 0:
            put(folder / tile_path("entries", index, width), pack_bundle(leaves[index * 256 :][:width]))
    put(folder / "checkpoint", log.sign_checkpoint(len(leaves), tree.root(), signer))


def put(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_tiles_are_named_as_the_specification_names_them():
    assert tile_path(0, 0) == "tile/0/000"
    assert tile_path(1, 67, 5) == "tile/1/067.p/5"
    assert tile_path("entries", 1_234_067) == "tile/entries/x001/x234/067"
    assert tile_path(0, 1000) == "tile/0/x001/000"


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specification():
    tiles = list(shape(70_000))
    assert sum(1 for level, _, width in tiles if level == 0 and width == 256) == 273
    assert [tile for tile in tiles if tile[0] or tile[2] < 256] == [
        (0, 273, 112),
        (1, 0, 256),
        (1, 1, 17),
        (2, 0, 1),
    ]
    assert list(shape(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(shape(0)) == []


def test_a_leaf_opens_to_its_payload_only():
    salt = log.new_salt()
    leaf = log.commit("release", b"serial 42", salt)
    assert log.check_opening(leaf, b"serial 42", salt) == "release"
    assert b"42" not in leaf.replace(leaf[14:78], b"")
    for payload, other in ((b"serial 43", salt), (b"serial 42", log.new_salt())):
        with pytest.raises(NotVerified):
            log.check_opening(leaf, payload, other)
    assert log.commit("release", b"serial 42", log.new_salt()) != leaf


@pytest.mark.parametrize(("kind", "salt"), [("Release", bytes(32)), ("", bytes(32)), ("release", b"short")])
def test_a_leaf_out_of_bounds_is_refused(kind, salt):
    with pytest.raises(BadInput):
        log.commit(kind, b"", salt)


def test_a_log_grows_step_by_step_into_what_it_would_be_at_once(tmp_path, signer, leaves):
    size = 0
    for step in (1, 0, 3, 250, 1, 1, 1, 260, 600):
        checkpoint = log.append_leaves(tmp_path, leaves[size : size + step], signer, known_size=size)
        size += step
        assert checkpoint.root == Tree(leaves[:size]).root()
        report = log.verify_folder(tmp_path, signer.key)
        assert (report.size, report.root) == (size, checkpoint.root.hex())
    assert report.kinds == {"release": size}
    assert not (tmp_path / "tile/0/000.p").exists()
    assert read_bundle(tmp_path, 4, 93) == leaves[1024:size]


def test_a_log_grows_over_the_edge_of_a_second_level(tmp_path, signer, leaves):
    write(tmp_path, leaves[:65_530], signer)
    checkpoint = log.append_leaves(tmp_path, leaves[65_530:65_540], signer)
    assert checkpoint.root == Tree(leaves[:65_540]).root()
    assert (tmp_path / "tile/1/000").stat().st_size == 8192
    assert (tmp_path / "tile/2/000.p/1").stat().st_size == 32
    assert log.verify_folder(tmp_path, signer.key).size == 65_540


def test_a_kill_before_the_checkpoint_leaves_the_log_as_it_was(tmp_path, signer, leaves):
    log.append_leaves(tmp_path, leaves[:250], signer)
    before = (tmp_path / "checkpoint").read_bytes()
    log.append_leaves(tmp_path, leaves[1000:1020], signer)
    (tmp_path / "checkpoint").write_bytes(before)
    assert log.verify_folder(tmp_path, signer.key).size == 250
    log.append_leaves(tmp_path, leaves[250:270], signer)
    report = log.verify_folder(tmp_path, signer.key)
    assert report.root == Tree(leaves[:270]).root().hex()


def test_a_log_restored_from_an_old_copy_does_not_fork(tmp_path, signer, leaves):
    log.append_leaves(tmp_path, leaves[:5], signer)
    with pytest.raises(Refused, match="restored"):
        log.append_leaves(tmp_path, leaves[5:6], signer, known_size=6)
    assert log.append_leaves(tmp_path, leaves[5:6], signer, known_size=5).size == 6


def test_a_flipped_bit_in_any_file_is_found_and_named(tmp_path, signer, leaves):
    log.append_leaves(tmp_path, leaves[:300], signer)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 6
    for path in files:
        data = path.read_bytes()
        for place in range(0, len(data), max(1, len(data) // 40)):
            flipped = bytearray(data)
            flipped[place] ^= 1 << place % 8
            path.write_bytes(flipped)
            with pytest.raises((NotVerified, BadInput)):
                log.verify_folder(tmp_path, signer.key)
        for wrong in (data[:-1], data[:1], b"", data + b"\0"):
            path.write_bytes(wrong)
            with pytest.raises((NotVerified, BadInput)):
                log.verify_folder(tmp_path, signer.key)
        path.write_bytes(data)
    assert log.verify_folder(tmp_path, signer.key).size == 300


def test_a_missing_tile_is_named(tmp_path, signer, leaves):
    log.append_leaves(tmp_path, leaves[:3], signer)
    (tmp_path / "tile/0/000.p/3").unlink()
    with pytest.raises(NotVerified, match=r"tile/0/000\.p/3"):
        log.verify_folder(tmp_path, signer.key)


def test_a_log_with_false_tiles_does_not_grow(tmp_path, signer, leaves):
    log.append_leaves(tmp_path, leaves[:3], signer)
    path = tmp_path / "tile/0/000.p/3"
    path.write_bytes(bytes(96))
    with pytest.raises(NotVerified):
        log.append_leaves(tmp_path, leaves[3:4], signer)


def test_another_key_verifies_nothing_and_adds_nothing(tmp_path, signer, leaves):
    log.append_leaves(tmp_path, leaves[:3], signer)
    other = LogSigner.new(signer.name)
    with pytest.raises(NotVerified):
        log.verify_folder(tmp_path, other.key)
    with pytest.raises(NotVerified):
        log.append_leaves(tmp_path, leaves[3:4], other)


def test_what_is_no_leaf_is_not_logged(tmp_path, signer):
    with pytest.raises(BadInput):
        log.append_leaves(tmp_path, [b'{"terminal":"ut01"}'], signer)
    assert not (tmp_path / "checkpoint").exists()


def test_a_holder_of_two_checkpoints_can_check_that_the_log_only_grew(tmp_path, signer, leaves):
    first = log.append_leaves(tmp_path, leaves[:300], signer)
    second = log.append_leaves(tmp_path, leaves[300:700], signer)
    read = open_checkpoint((tmp_path / "checkpoint").read_bytes(), signer.key)
    assert read == second
    proof = log.prove_consistency(tmp_path, first.size, second.size)
    verify_consistency(first.size, second.size, proof, first.root, second.root)
    inclusion = log.prove_inclusion(tmp_path, 299, second.size)
    verify_inclusion(leaf_hash(leaves[299]), 299, second.size, inclusion, second.root)
