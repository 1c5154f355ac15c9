"""The data of a country."""

from __future__ import annotations

import pytest

from groundpass.authority.policy.api import known_profiles
from groundpass.authority.policy.domain.country import PACKAGED, load
from groundpass.kernel.core.errors import BadInput


def test_unlisted_is_profile_number_zero_and_the_others_keep_their_order():
    assert known_profiles() == ("unlisted", "standard", "mobile", "air")


def test_another_country_is_another_file(tmp_path, settings):
    path = tmp_path / "xx.toml"
    path.write_text(PACKAGED.read_text("utf-8").replace("[profiles.air]", "[profiles.glider]"), "utf-8")
    settings.GROUNDPASS_POLICY_DATA = str(path)
    assert known_profiles()[-1] == "glider"


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("[profiles.air]", "[profiles.unlisted]"),
        ('uk = "Використовується в повітрі"', ""),
        ("policy-data/1", "policy-data/2"),
        ("box = [22.0,", "box = ["),
        ("box", "[box"),
    ],
)
def test_a_file_that_does_not_hold_is_refused_by_name(tmp_path, good, bad):
    path = tmp_path / "xx.toml"
    text = PACKAGED.read_text("utf-8")
    assert good in text
    path.write_text(text.replace(good, bad), "utf-8")
    with pytest.raises(BadInput, match=r"xx\.toml"):
        load(path)
