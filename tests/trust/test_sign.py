from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified
from groundpass.kernel.trust import signing

KIND = "application/vnd.groundpass.test+json"


@pytest.fixture(scope="module")
def signers():
    return [signing.new_signer() for _ in range(3)]


def test_a_signed_document_gives_back_its_payload(signers):
    data = signing.sign_document(b"payload", KIND, signers[0])
    assert signing.open_document(data, [signers[0].public_key], KIND) == b"payload"


def test_a_document_of_another_type_or_signer_is_not_verified(signers):
    data = signing.sign_document(b"payload", KIND, signers[0])
    keys = [signer.public_key for signer in signers]
    with pytest.raises(NotVerified):
        signing.open_document(data, keys[:1], "application/other")
    for wrong_keys, threshold in ((keys[1:], 1), ([], 1), (keys, 2), (keys, 0)):
        with pytest.raises(NotVerified):
            signing.open_document(data, wrong_keys, KIND, threshold)


def test_a_threshold_counts_keys_and_not_signatures(signers):
    documents = [json.loads(signing.sign_document(b"payload", KIND, signer)) for signer in signers]
    keys = [signer.public_key for signer in signers]
    one, two, _ = documents
    both = json.dumps({**one, "signatures": one["signatures"] + two["signatures"]}).encode()
    twice = json.dumps({**one, "signatures": one["signatures"] * 2}).encode()
    assert signing.open_document(both, keys, KIND, 2) == b"payload"
    for data in (twice, json.dumps(one).encode()):
        with pytest.raises(NotVerified):
            signing.open_document(data, keys, KIND, 2)
    with pytest.raises(NotVerified):
        signing.open_document(both, keys, KIND, 3)


def test_a_flipped_bit_ends_in_a_refusal_or_in_the_same_payload(signers):
    data = signing.sign_document(b"{}", KIND, signers[0])
    key = [signers[0].public_key]
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            try:
                assert signing.open_document(bytes(flipped), key, KIND) == b"{}"
            except (BadInput, NotVerified):
                continue


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"[" * 5000, b'{"payload":1}'])
def test_what_is_no_document_is_refused(signers, data):
    with pytest.raises(BadInput):
        signing.open_document(data, [signers[0].public_key], KIND)


def test_a_document_longer_than_the_limit_is_not_parsed(signers, monkeypatch):
    monkeypatch.setattr(signing, "MAX_DOCUMENT", 10)
    with pytest.raises(BadInput, match="more than"):
        signing.open_document(b" " * 11, [signers[0].public_key], KIND)


def test_keys_come_back_from_their_files(signers, tmp_path):
    signing.save_signer(tmp_path / "a.pem", signers[0], password=b"word")
    signing.save_public_key(tmp_path / "a.pub", signers[0])
    again = signing.load_signer(tmp_path / "a.pem", password=b"word")
    data = signing.sign_document(b"x", KIND, again)
    assert signing.open_document(data, [signing.load_public_key(tmp_path / "a.pub")], KIND) == b"x"
    for password in (None, b"other"):
        with pytest.raises(CannotRun):
            signing.load_signer(tmp_path / "a.pem", password=password)


def test_keys_of_another_kind_are_refused(tmp_path):
    other = generate_private_key(SECP384R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path / "p384.pem"
    path.write_bytes(pem)
    path.chmod(0o600)
    with pytest.raises(CannotRun):
        signing.load_signer(path)
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for wrong in (public, b"nonsense"):
        with pytest.raises(BadInput):
            signing.read_public_key(wrong)
    with pytest.raises(CannotRun):
        signing.load_signer(tmp_path / "nothing.pem")
