"""Template texts of agreements: articles in five languages, put together for each kind.

Written for Sapar. They are a beginning for negotiation, never legal advice; offices change them in the draft.
Gaps are `{home}` and `{partner}`, the parties' names in the language of the text, and `{notice}`, months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sapar.partners.states import AgreementKind
from sapar.partners.texts import en, kk, ky, ru, uz

ARTICLES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": en.ARTICLES,
    "ru": ru.ARTICLES,
    "ky": ky.ARTICLES,
    "kk": kk.ARTICLES,
    "uz": uz.ARTICLES,
}

ENDING = ("data", "disputes", "changes", "term")
COMPOSITION: Mapping[AgreementKind, tuple[str, ...]] = {
    AgreementKind.MEMORANDUM: ("parties", "intent", "fields_of_cooperation", "no_obligations", "contacts", *ENDING),
    AgreementKind.FRAMEWORK: (
        "parties", "purpose", "fields_of_cooperation", "implementing", "costs", "contacts", *ENDING,
    ),
    AgreementKind.EXCHANGE: (
        "parties", "exchange_purpose", "places", "selection", "fees", "learning_agreement", "recognition", "support",
        "insurance", "balance", *ENDING,
    ),
    AgreementKind.INTER_INSTITUTIONAL: (
        "parties", "exchange_purpose", "places", "selection", "language", "fees", "learning_agreement", "recognition",
        "support", "insurance", "staff", *ENDING,
    ),
    AgreementKind.DOUBLE_DEGREE: (
        "parties", "double_purpose", "places", "selection", "curriculum", "fees", "recognition", "degrees", "support",
        "insurance", "quality", *ENDING,
    ),
    AgreementKind.RESEARCH: (
        "parties", "research_purpose", "research_forms", "results", "publication", "costs", *ENDING,
    ),
}  # fmt: skip


def template_texts(
    kind: AgreementKind,
    languages: Sequence[str],
    *,
    parties: Mapping[str, tuple[str, str]],
    notice_months: int,
) -> dict[str, list[dict[str, str]]]:
    """The articles of a new agreement; a language without templates gets the headings and texts in English.

    Args:
        parties: language → (our name, the partner's name).
    """
    texts = {}
    for language in languages:
        articles = ARTICLES.get(language, ARTICLES["en"])
        home, partner = parties[language]
        gaps = {"home": home, "partner": partner, "notice": str(notice_months)}
        texts[language] = [
            {"heading": articles[name][0], "text": articles[name][1].format(**gaps)}
            for name in COMPOSITION[kind]
        ]
    return texts
