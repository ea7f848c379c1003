"""Template texts: every kind in every language, with the parties' own names."""

from __future__ import annotations

import re

import pytest

from sapar.partners.states import AgreementKind
from sapar.partners.texts import ARTICLES, COMPOSITION, template_texts

LANGUAGES = ("en", "ru", "ky", "kk", "uz")


def test_all_languages_have_the_same_articles_and_gaps() -> None:
    english = ARTICLES["en"]
    for language in LANGUAGES:
        assert list(ARTICLES[language]) == list(english)
        for name, (heading, text) in ARTICLES[language].items():
            assert heading
            gaps = sorted(re.findall(r"{(\w+)}", text))
            assert gaps == sorted(re.findall(r"{(\w+)}", english[name][1])), (language, name)


@pytest.mark.parametrize("kind", AgreementKind)
def test_each_kind_is_put_together_side_by_side(kind: AgreementKind) -> None:
    parties = {language: (f"Home {language}", f"Partner {language}") for language in LANGUAGES}
    texts = template_texts(kind, LANGUAGES, parties=parties, notice_months=6)
    assert {len(texts[language]) for language in LANGUAGES} == {len(COMPOSITION[kind])}
    for language in LANGUAGES:
        whole = " ".join(article["text"] for article in texts[language])
        assert f"Home {language}" in whole
        assert f"Partner {language}" in whole
        assert "{" not in whole


def test_cyrillic_texts_use_the_letters_of_their_language() -> None:
    letters = {"ky": "өүң", "kk": "әқғүұңіө"}
    for language, own in letters.items():
        whole = " ".join(text for _heading, text in ARTICLES[language].values())
        assert all(letter in whole for letter in own)


def test_language_without_templates_gets_english() -> None:
    texts = template_texts(
        AgreementKind.RESEARCH, ["de"], parties={"de": ("Heim", "Partner")}, notice_months=3
    )
    assert texts["de"][0]["heading"] == "Parties"
