"""The articles of an agreement, languages side by side; worked on with and without script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from sapar.web.meanwhile import EMPTY, Difference

MOST_ARTICLES = 60
LONGEST_TEXT = 8000


@dataclass(frozen=True)
class ArticleCell:
    language: str
    heading: str
    text: str

    @property
    def lines(self) -> int:
        """Height of the box."""
        return max(3, min(14, len(self.text) // 48 + self.text.count("\n") + 1))


Article = tuple[ArticleCell, ...]


def articles_of(texts: Mapping[str, Sequence[Mapping[str, str]]], languages: Sequence[str]) -> list[Article]:
    """Stored texts as rows of cells; a language with fewer articles gets empty cells."""
    nothing: Mapping[str, str] = {"heading": "", "text": ""}
    rows = zip_longest(*(texts.get(language, ()) for language in languages), fillvalue=nothing)
    return [
        tuple(
            ArticleCell(language, cell["heading"], cell["text"])
            for language, cell in zip(languages, row, strict=True)
        )
        for row in rows
    ]


def articles_posted(data: Mapping[str, Any], languages: Sequence[str]) -> list[Article]:
    count = str(data.get("articles", "0"))
    number = min(int(count), MOST_ARTICLES) if count.isdecimal() else 0
    return [
        tuple(
            ArticleCell(
                language,
                " ".join(str(data.get(f"heading-{at}-{language}", "")).split())[:250],
                str(data.get(f"text-{at}-{language}", "")).strip(),
            )
            for language in languages
        )
        for at in range(number)
    ]


def articles_worked_on(articles: list[Article], errand: str, languages: Sequence[str]) -> list[Article]:
    """The articles after a button: `add-2` puts an empty one after the third, `remove-2`, `up-2`."""
    word, _dash, at = errand.partition("-")
    number = int(at) if at.isdecimal() else len(articles) - 1
    empty: Article = tuple(ArticleCell(language, "", "") for language in languages)
    if word == "add" and len(articles) < MOST_ARTICLES:
        return [*articles[: number + 1], empty, *articles[number + 1 :]]
    if word == "remove" and number < len(articles):
        return articles[:number] + articles[number + 1 :]
    if word == "up" and 0 < number < len(articles):
        return [*articles[: number - 1], articles[number], articles[number - 1], *articles[number + 1 :]]
    return articles


def texts_from(articles: Sequence[Article], languages: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """As a version stores them; articles empty in all languages are left out."""
    kept = [row for row in articles if any(cell.heading or cell.text for cell in row)]
    return {
        language: [{"heading": row[at].heading, "text": row[at].text} for row in kept]
        for at, language in enumerate(languages)
    }


def too_long_in(articles: Sequence[Article]) -> list[tuple[int, str]]:
    """(number, language) of articles that cannot be kept whole."""
    return [
        (number, cell.language)
        for number, row in enumerate(articles, start=1)
        for cell in row
        if len(cell.text) > LONGEST_TEXT
    ]


def gaps_in(articles: Sequence[Article]) -> list[tuple[int, str]]:
    """(number, language) of articles that one language lacks."""
    return [
        (number, cell.language)
        for number, row in enumerate(articles, start=1)
        if any(other.text for other in row)
        for cell in row
        if not cell.text
    ]


def articles_differ(
    typed: Sequence[Article],
    texts: Mapping[str, Sequence[Mapping[str, str]]],
    languages: Sequence[str],
) -> list[Difference]:
    """Articles that were typed otherwise than they are on record now, language by language."""
    stored = articles_of(texts, languages)
    empty: Article = tuple(ArticleCell(language, "", "") for language in languages)
    found = []
    for number, (mine, theirs) in enumerate(zip_longest(typed, stored, fillvalue=empty), start=1):
        label = _("Article %(number)s") % {"number": number}
        for written, kept in zip(mine, theirs, strict=True):
            if written != kept:
                found.append(Difference(f"{label} ({written.language})", _whole(kept), _whole(written)))
    return found


def _whole(cell: ArticleCell) -> str:
    return f"{cell.heading}\n{cell.text}".strip() or EMPTY
