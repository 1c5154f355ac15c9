from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified
from groundpass.kernel.trust import seal
from groundpass.kernel.trust.keying import entry_keys
from groundpass.kernel.trust.signing import new_signer, public_pem

KEY = bytes(range(32))


def test_a_secret_reaches_its_operator_and_nobody_else():
    private, public = seal.new_wrap_pair()
    secret = seal.new_secret()
    wrapped = seal.wrap(secret, public, b"feed/session")
    assert seal.unwrap(wrapped, private, b"feed/session") == secret
    with pytest.raises(NotVerified):
        seal.unwrap(wrapped, private, b"feed/other")
    with pytest.raises(NotVerified):
        seal.unwrap(wrapped, seal.new_wrap_pair()[0], b"feed/session")


def test_a_wrapped_secret_that_was_touched_is_not_opened():
    private, public = seal.new_wrap_pair()
    wrapped = seal.wrap(seal.new_secret(), public, b"")
    for place in range(len(wrapped)):
        flipped = bytearray(wrapped)
        flipped[place] ^= 1
        for wrong in (bytes(flipped), wrapped[:place]):
            with pytest.raises(NotVerified):
                seal.unwrap(wrong, private, b"")


def test_a_wrapped_secret_of_another_length_is_not_taken():
    private, public = seal.new_wrap_pair()
    with pytest.raises(NotVerified):
        seal.unwrap(seal.wrap(b"short", public, b""), private, b"")


def test_keys_of_another_kind_are_refused():
    with pytest.raises(BadInput):
        seal.wrap(bytes(32), public_pem(new_signer()), b"")
    with pytest.raises(BadInput):
        seal.wrap(bytes(32), b"nonsense", b"")
    with pytest.raises(CannotRun):
        seal.unwrap(bytes(80), b"nonsense", b"")
    with pytest.raises(CannotRun):
        seal.unwrap(bytes(80), new_signer().private_bytes, b"")


def test_a_new_session_changes_both_keys():
    secret = seal.new_secret()
    first, second = seal.derive(secret, "aa"), seal.derive(secret, "bb")
    assert first == seal.derive(secret, "aa")
    assert len({first.encryption, second.encryption, first.encryption[:16], first.keying, second.keying}) == 5
    assert "b'" not in repr(first)
    with pytest.raises(BadInput):
        seal.derive(b"short", "aa")


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([1, 16, 64]))
def test_padding_comes_off_exactly(data, multiple):
    padded = seal.pad(data, multiple)
    assert len(padded) % multiple == 0
    assert seal.unpad(padded, multiple) == data
    for wrong in (padded + bytes(multiple), padded[:-1], padded + b"x"):
        with pytest.raises(BadInput):
            seal.unpad(wrong, multiple)


def test_padding_that_is_not_zeros_is_refused():
    with pytest.raises(BadInput):
        seal.unpad(seal.pad(b"data", 64)[:-1] + b"x", 64)


def test_sealed_files_differ_in_size_by_whole_steps_only():
    sizes = {len(seal.seal(seal.pad(bytes(size)), KEY, "snapshot-1")) for size in (0, 1, 65_528)}
    assert sizes == {65_536 + 28}


def test_a_sealed_file_opens_under_its_own_name_and_key():
    sealed = seal.seal(b"plain", KEY, "snapshot-1")
    assert seal.unseal(sealed, KEY, "snapshot-1") == b"plain"
    assert b"plain" not in sealed
    for key, name in ((KEY, "snapshot-2"), (bytes(32), "snapshot-1")):
        with pytest.raises(NotVerified):
            seal.unseal(sealed, key, name)


def test_a_sealed_file_that_was_touched_is_not_opened():
    sealed = seal.seal(b"plain", KEY, "a")
    for place in range(len(sealed)):
        flipped = bytearray(sealed)
        flipped[place] ^= 128
        for wrong in (bytes(flipped), sealed[:place]):
            with pytest.raises(NotVerified):
                seal.unseal(wrong, KEY, "a")


def test_sealing_twice_shows_no_likeness():
    assert seal.seal(b"same", KEY, "a") != seal.seal(b"same", KEY, "a")


def test_entry_keys_are_the_first_half_of_aes():
    # FIPS 197, appendix B and C.1
    for key, plain, cipher in (
        ("2b7e151628aed2a6abf7158809cf4f3c", "3243f6a8885a308d313198a2e0370734", 0x3925841D02DC09FB),
        ("000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", 0x69C4E0D86A7B0430),
    ):
        blocks = np.frombuffer(bytes.fromhex(plain), np.uint8).reshape(1, 16)
        assert entry_keys(blocks, bytes.fromhex(key)).tolist() == [cipher]


def test_entry_keys_do_not_depend_on_the_column_around_them():
    rng = np.random.default_rng(3)
    blocks = rng.integers(0, 256, (150_000, 16), dtype=np.uint8)
    whole = entry_keys(blocks, KEY[:16])
    assert whole.dtype == np.uint64
    some = rng.integers(0, len(blocks), 50)
    assert [int(entry_keys(blocks[i : i + 1], KEY[:16])[0]) for i in some] == whole[some].tolist()
    assert entry_keys(blocks[::-1], KEY[:16]).tolist() == whole[::-1].tolist()
    assert len(entry_keys(blocks[:0], KEY[:16])) == 0


def test_blocks_of_another_shape_are_refused():
    for blocks in (np.zeros((2, 8), np.uint8), np.zeros(16, np.uint8), np.zeros((2, 16), np.int16)):
        with pytest.raises(BadInput):
            entry_keys(blocks, KEY[:16])
    with pytest.raises(BadInput):
        entry_keys(np.zeros((2, 16), np.uint8), KEY)
