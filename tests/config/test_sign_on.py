"""The file that names the universities: what it must say is said by what it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from sapar.config.sign_on import SignOn, SignOnUnclear, read_sign_on
from tests.accounts.universities import OIDC_FILE, saml_file

GOOD = OIDC_FILE.format(server="https://sso.osh.example:8443/realms/osh")


def test_without_a_file_there_is_no_sign_on() -> None:
    assert read_sign_on(None) == SignOn()


def test_both_kinds_are_read_with_the_places_the_browser_may_go_to(tmp_path: Path) -> None:
    path = tmp_path / "sign-on.toml"
    path.write_text(GOOD + saml_file(tmp_path))
    found = read_sign_on(path)
    assert found.origins == ("https://sso.example.org", "https://sso.osh.example:8443")
    assert [app["provider_id"] for app in found.providers["openid_connect"]["APPS"]] == ["osh"]
    assert "BEGIN CERTIFICATE" in found.providers["saml"]["APPS"][0]["settings"]["idp"]["x509cert"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (GOOD.replace('kind = "oidc"', 'kind = "ldap"'), "it must be “oidc” or “saml”"),
        (GOOD.replace('client_id = "sapar"', ""), "lacks client_id"),
        (GOOD.replace('domains = ["example.org"]', "domains = []"), "must list the domains"),
        (GOOD + 'trusts = "all"', "says trusts, which means nothing here"),
        (GOOD.replace("[osh]", '["../osh"]'), "small letters"),
        ('[x]\nkind = "saml"\nname = "X"\ndomains = ["x.example"]\nentity_id = "x"\nsso_url = "https://x"\n'
         'certificate = "nowhere.pem"', "certificate of [x] cannot be read"),
        ("[osh", "cannot be read"),
    ],
)  # fmt: skip
def test_unclear_file_is_refused_with_the_place(tmp_path: Path, said: str, sentence: str) -> None:
    path = tmp_path / "sign-on.toml"
    path.write_text(said)
    with pytest.raises(SignOnUnclear, match=sentence.replace("[", r"\[").replace("]", r"\]")):
        read_sign_on(path)
