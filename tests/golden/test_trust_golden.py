from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from groundpass.kernel.trust import seal, signing
from groundpass.kernel.wire import enforcement

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def made():
    return SimpleNamespace(**runpy.run_path(str(HERE / "regenerate.py")))


def golden(name):
    return (HERE / name).read_bytes()


def test_a_secret_that_was_wrapped_long_ago_still_opens(made):
    info = seal.wrap_info("ua-demo", made.samples.SESSION)
    assert seal.unwrap(golden("secret-1.bin"), made.WRAP_PEM, info) == made.SECRET


def test_a_file_that_was_sealed_long_ago_still_opens(made):
    key = seal.derive(made.SECRET, made.samples.SESSION).encryption
    assert seal.unpad(seal.unseal(golden("sealed-1.bin"), key, "snapshot-42"), 64) == b"plain"


def test_a_report_that_was_signed_long_ago_still_verifies(made):
    key = signing.read_public_key(golden("sign-1.pub"))
    payload = signing.open_document(golden("enforcement-1.dsse.json"), [key], enforcement.PAYLOAD_TYPE)
    assert enforcement.decode(payload) == made.samples.enforcement()
