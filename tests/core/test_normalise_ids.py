"""Ids as people type them: what reads, what is refused, what is said and what is suggested."""

from __future__ import annotations

import hashlib

import pytest

from groundpass.kernel.core.errors import BadIdentifier, BadInput
from groundpass.kernel.core.ids import OTHER, block, normalise, schemes, show

UTID = "01000000-00000000-00c326fa"


@pytest.mark.parametrize(
    "text",
    [
        UTID,
        f"ut{UTID}",
        f"UT{UTID.upper()}",
        f"  ut{UTID}\t\r\n",
        f"\ufeffut{UTID}\u00a0\u200b",
        UTID.replace("-", "\u2013"),
        UTID.replace("-", "\u2011"),
        UTID.replace("-", "\u2212"),
    ],
)
def test_case_blanks_dashes_and_the_prefix_are_normalised_silently(text: str) -> None:
    assert normalise(text).value == UTID


@pytest.mark.parametrize(
    ("scheme", "text", "value"),
    [
        ("utid", "00020900-002220cc-225b9199", "00020900-002220cc-225b9199"),
        ("kit", "kit303105607", "KIT303105607"),
        ("kit", "KITP00373617", "KITP00373617"),
        ("kit", "KIT404628363H4F", "KIT404628363H4F"),
        ("dish", "2DHT00542069", "2DHT00542069"),
        ("dish", "hpcp411939100801", "HPCP411939100801"),
        ("router", "Router-0100000000000000001acbb9", "0100000000000000001ACBB9"),
        ("router", "0100000000000000001ACBB9", "0100000000000000001ACBB9"),
        ("account", "acc-511274-31364-54", "ACC-511274-31364-54"),
        ("service_line", "AST-511274-31364-54", "AST-511274-31364-54"),
    ],
)
def test_every_scheme_reads_its_real_forms(scheme: str, text: str, value: str) -> None:
    assert normalise(text, scheme).value == value


@pytest.mark.parametrize("code", list(schemes()))
def test_what_is_shown_reads_back_as_the_same_identifier(code: str) -> None:
    scheme = schemes()[code]
    identifier = normalise(scheme.example, code)
    assert show(identifier.value, code) == scheme.example
    assert normalise(show(identifier.value, code), code) == identifier
    assert set(scheme.title) == {"en", "uk"}


SLIPS = [
    # scheme, typed, suggested, words of the sentence
    (
        "utid",
        "ut01000000-\u041e0000000-00c326fa",
        f"ut{UTID}",
        "Character 12 is '\u041e' (CYRILLIC CAPITAL LETTER O)",
    ),
    ("utid", "ut01000000-00000000-00c326f\u0430", f"ut{UTID}", "CYRILLIC SMALL LETTER A"),
    ("utid", "ut01000000-0O000000-00c326fa", f"ut{UTID}", "Character 13 is 'O' (LATIN CAPITAL LETTER O)"),
    ("utid", "ut0l000000-00000000-00c326fa", f"ut{UTID}", "Character 4 is 'l' (LATIN SMALL LETTER L)"),
    ("utid", "ut0I000000-00000000-00c326fa", f"ut{UTID}", "LATIN CAPITAL LETTER I"),
    ("utid", "  ut0l000000-00000000-00c326fa", f"ut{UTID}", "Character 6 is 'l'"),
    ("utid", "01000000-00000000-00\u0421326fa", f"ut{UTID}", "CYRILLIC CAPITAL LETTER ES"),
    (
        "utid",
        "ut0100\u0412000-00000000-00c326fa",
        "ut0100b000-00000000-00c326fa",
        "CYRILLIC CAPITAL LETTER VE",
    ),
    ("utid", "ut0100v000-00000000-00c326fa", "ut0100b000-00000000-00c326fa", "Character 7 is 'v'"),
    (
        "utid",
        "ut01000000-00000000-00\u0441326\u0444\u0444",
        "ut01000000-00000000-00c326aa",
        "CYRILLIC SMALL LETTER EF",
    ),
    ("utid", "010000000000000000c326fa", f"ut{UTID}", "24 characters in 1 group;"),
    ("utid", "01000000 00000000 00c326fa", f"ut{UTID}", "Character 9 is ' ' (SPACE)"),
    ("utid", f"UTID ut{UTID} (roof)", f"ut{UTID}", "among other words"),
    ("utid", "KIT00142069", "KIT00142069", "This is a KIT number"),
    ("utid", "\u041a\u0406\u042200142069", "KIT00142069", "This is a KIT number"),
    ("utid", "KIT303105607", "KIT303105607", "field for the KIT number"),
    ("utid", "2DHT00542069", "2DHT00542069", "This is a dish serial number"),
    ("utid", "Router-0100000000000000001ACBB9", "Router-0100000000000000001ACBB9", "This is a router id"),
    ("kit", f"ut{UTID}", f"ut{UTID}", "This is a UTID"),
    ("kit", "KITOO142069", "KIT00142069", "Character 4 is 'O' (LATIN CAPITAL LETTER O)"),
    ("kit", "KIT0014206\u0417", "KIT00142063", "CYRILLIC CAPITAL LETTER ZE"),
    ("kit", "kit 00142069", "KIT00142069", "12 characters long"),
    ("dish", "KIT303105607", "KIT303105607", "This is a KIT number"),
    ("dish", "2\u0412HT00542069", "2BHT00542069", "CYRILLIC CAPITAL LETTER VE"),
    ("router", UTID, f"ut{UTID}", "This is a UTID"),
    ("router", "Router-O100000000000000001ACBB9", "Router-0100000000000000001ACBB9", "Character 8 is 'O'"),
    ("account", "\u0410\u0421\u0421-511274-31364-54", "ACC-511274-31364-54", "CYRILLIC CAPITAL LETTER A"),
    ("account", "ACC 511274 31364 54", "ACC-511274-31364-54", "Character 4 is ' '"),
    ("account", "AST-511274-31364-54", "AST-511274-31364-54", "This is a service line number"),
]


@pytest.mark.parametrize(("scheme", "typed", "suggested", "words"), SLIPS)
def test_a_slip_is_refused_with_what_is_wrong_and_the_likely_fix(
    scheme: str, typed: str, suggested: str, words: str
) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        normalise(typed, scheme)
    assert refusal.value.suggestion == suggested
    assert words in refusal.value.sentence()
    assert refusal.value.todo


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "No UTID was given"),
        (" \t\u200b", "No UTID was given"),
        ("ut01000000-00000000-00c326f", "Group 3 has 7 characters instead of 8"),
        ("ut01000000-00000000-00c326fa0", "Group 3 has 9 characters instead of 8"),
        ("ut01000000-00000000", "16 characters in 2 groups"),
        ("ut01000000-00000000-00c326fg", "Character 28 is 'g' (LATIN SMALL LETTER G)"),
        ("ut01000000-00000000-00c326f\N{SNOWMAN}", "Character 28 is '☃' (SNOWMAN)"),
        ("x" * 10_000, "10000 characters long"),
    ],
)
def test_where_no_fix_is_likely_none_is_suggested(typed: str, words: str) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        normalise(typed)
    assert refusal.value.suggestion is None
    assert words in refusal.value.sentence()
    assert len(refusal.value.sentence()) < 400


def test_a_kelvin_sign_is_not_silently_a_k() -> None:
    with pytest.raises(BadIdentifier):
        normalise("\u212aIT00142069", "kit")


def test_an_unknown_scheme_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="'imei' is not known"):
        normalise("1", "imei")


def test_a_block_holds_scheme_length_and_packed_bytes() -> None:
    packed = bytes.fromhex(UTID.replace("-", ""))
    assert block(normalise(UTID)) == b"\x01\x0c" + packed + b"\0\0"
    assert block(normalise("KIT00142069", "kit")) == b"\x02\x0bKIT00142069\0\0\0"


def test_a_long_value_gives_the_start_of_its_hash() -> None:
    text = "KIT404628363H4F"
    assert block(normalise(text, "kit")) == b"\x02\xff" + hashlib.sha256(text.encode()).digest()[:14]


def test_any_text_has_a_block_under_number_zero() -> None:
    assert block(normalise("", OTHER)) == bytes(16)
    assert block(normalise("abc", OTHER)) == b"\0\x03abc" + bytes(11)
    assert block(normalise("a" * 15, OTHER))[:2] == b"\0\xff"
