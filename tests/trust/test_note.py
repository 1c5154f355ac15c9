from __future__ import annotations

import base64

import pytest

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified
from groundpass.kernel.trust.checkpoint import (
    Checkpoint,
    LogKey,
    LogSigner,
    open_checkpoint,
    open_note,
    sign_checkpoint,
    sign_note,
)
from groundpass.kernel.trust.signing import new_signer

ROOT = bytes(range(32))

# The example of golang.org/x/mod/sumdb/note, which signed notes come from.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()


@pytest.fixture(scope="module")
def signer():
    return LogSigner.new("example.com/levada")


def test_the_published_note_opens_with_its_published_key():
    assert open_note(NOTE, LogKey.parse(NEUMANN)).startswith("If you think")
    with pytest.raises(NotVerified):
        open_note(NOTE.replace(b"answer", b"amswer"), LogKey.parse(NEUMANN))


@pytest.mark.parametrize(
    "text", [NEUMANN, "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"]
)
def test_published_keys_carry_the_id_that_we_compute(text):
    assert LogKey.parse(text).text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        NEUMANN.replace("c74f", "c74e"),
        NEUMANN[:-1],
        NEUMANN.replace("+ARpc", "+ABpc"),
        NEUMANN.replace("Peter", "Peter "),
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_a_key_that_does_not_read_is_refused(text):
    with pytest.raises(BadInput):
        LogKey.parse(text)


def test_a_checkpoint_reads_as_it_was_signed(signer):
    data = sign_checkpoint(42, ROOT, signer)
    assert open_checkpoint(data, signer.key) == Checkpoint("example.com/levada", 42, ROOT)
    lines = data.decode().split("\n")
    assert lines[:4] == ["example.com/levada", "42", base64.b64encode(ROOT).decode(), ""]
    assert sign_checkpoint(42, ROOT, signer) == data


def test_a_flipped_bit_in_a_checkpoint_is_never_believed(signer):
    data = sign_checkpoint(42, ROOT, signer)
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            with pytest.raises((BadInput, NotVerified)):
                open_checkpoint(bytes(flipped), signer.key)


def test_a_checkpoint_cut_anywhere_or_continued_is_refused(signer):
    data = sign_checkpoint(42, ROOT, signer)
    for wrong in (*(data[:end] for end in range(len(data))), data + b"\n", data + b"x"):
        with pytest.raises((BadInput, NotVerified)):
            open_checkpoint(wrong, signer.key)


def test_lines_of_unknown_keys_are_ignored_and_a_wrong_line_of_the_known_one_is_not(signer):
    data = sign_checkpoint(42, ROOT, signer)
    other = sign_checkpoint(42, ROOT, LogSigner.new(signer.name))
    witness = sign_checkpoint(42, ROOT, LogSigner.new("witness.example"))
    lines = [note.decode().split("\n")[-2].encode() + b"\n" for note in (data, other, witness)]
    text = data[: data.index("—".encode())]
    assert open_checkpoint(text + lines[1] + lines[0] + lines[2], signer.key).size == 42
    with pytest.raises(NotVerified):
        open_checkpoint(text + lines[1] + lines[2], signer.key)
    forged = base64.b64encode(signer.key.id + bytes(64))
    with pytest.raises(NotVerified):
        open_checkpoint(data + f"— {signer.name} ".encode() + forged + b"\n", signer.key)


@pytest.mark.parametrize(
    "text",
    [
        "example.com/levada\n042\n{root}\n",
        "example.com/levada\n-1\n{root}\n",
        "example.com/levada\n9999999999999999999\n{root}\n",
        "example.com/levada\n٤٢\n{root}\n",
        "example.com/levada\n42\nAAAA\n",
        "example.com/levada\n42\n{root}\nextension\n",
        "example.com/levada\n42\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(signer, text):
    note = sign_note(text.format(root=base64.b64encode(ROOT).decode()), signer)
    with pytest.raises(BadInput):
        open_checkpoint(note, signer.key)


def test_a_checkpoint_of_another_log_is_not_verified(signer):
    note = sign_note(f"example.com/other\n42\n{base64.b64encode(ROOT).decode()}\n", signer)
    with pytest.raises(NotVerified):
        open_checkpoint(note, signer.key)


@pytest.mark.parametrize("text", ["no newline", "tab\there\n", "bell\a\n"])
def test_a_text_that_no_note_may_hold_is_not_signed(signer, text):
    with pytest.raises(BadInput):
        sign_note(text, signer)


def test_a_note_longer_than_the_limit_is_refused(signer):
    with pytest.raises(BadInput, match="more than"):
        open_note(b"x" * 70_000, signer.key)


def test_a_log_key_comes_back_from_its_file(signer, tmp_path):
    path = tmp_path / "log.pem"
    signer.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert LogSigner.load(path, signer.name).key == signer.key
    with pytest.raises(CannotRun):
        signer.save(path)
    path.chmod(0o640)
    with pytest.raises(CannotRun, match="chmod"):
        LogSigner.load(path, signer.name)


def test_a_log_key_of_another_kind_is_refused(tmp_path):
    for name, data in (("a", new_signer().private_bytes), ("b", b"nonsense")):
        path = tmp_path / name
        path.write_bytes(data)
        path.chmod(0o600)
        with pytest.raises(CannotRun):
            LogSigner.load(path, "levada")
