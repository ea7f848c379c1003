"""What agreements and memos say on paper, drawn from snapshots so that paper and approval are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from babel import Locale
from django.utils import translation
from django.utils.translation import gettext as _

from sapar.accounts.models import Office
from sapar.directory.fields import field_title
from sapar.directory.states import Level
from sapar.files.bilingual import how_to_check, said
from sapar.formats.numbers import year_words
from sapar.formats.papers import Block, Facts, Grid, Heading, Paper, Paragraph, Signatures, Words
from sapar.partners.models import Agreement
from sapar.partners.states import AgreementKind, Direction, MobilityKind

Snapshot = Mapping[str, Any]


def agreement_paper(
    snapshot: Snapshot,
    *,
    on: date,
    number: str = "",
    digest: str = "",
    verify_url: str = "",
    signers: tuple[tuple[str, str], tuple[str, str]] = (("", ""), ("", "")),
) -> Paper:
    """The agreement in its languages; without `verify_url` it is marked as a draft for negotiation.

    Args:
        signers: (name, post) of ours and of the partner's; empty leaves a line to be filled by hand.
    """
    head = snapshot["agreement"]
    languages = tuple(head["languages"])
    parties = {language: tuple(names) for language, names in head["parties"].items()}
    blocks: list[Block] = [_head_facts(head, languages, parties), *_articles(snapshot["texts"], languages)]
    if snapshot["conditions"]:
        blocks.append(Heading(said(languages, lambda: _("Table of places"))))
        blocks.append(_places(snapshot["conditions"], languages))
    blocks.append(
        Signatures(
            tuple(
                (
                    {
                        language: f"{parties[language][side]}" + (f"\n{post}" if post else "")
                        for language in languages
                    },
                    name,
                    "",
                )
                for side, (name, post) in enumerate(signers)
            )
        )
    )
    draft = said(
        languages, lambda: _("Draft for negotiation, version %(number)d") % {"number": snapshot["version"]}
    )
    return Paper(
        languages=languages,
        issuer={language: parties[language][0] for language in languages},
        title=said(languages, lambda: AgreementKind(head["kind"]).label),
        blocks=tuple(blocks),
        on=on,
        number=number,
        verify_url=verify_url,
        verify_words=how_to_check(languages),
        digest=digest,
        draft_words={} if verify_url else draft,
    )


def _head_facts(
    head: Mapping[str, Any], languages: Sequence[str], parties: Mapping[str, tuple[str, ...]]
) -> Facts:
    rows: list[tuple[Words, Words]] = [
        (said(languages, lambda: _("Title")), dict.fromkeys(languages, head["title"])),
        (
            said(languages, lambda: _("Party %(letter)s") % {"letter": "A"}),
            {code: parties[code][0] for code in languages},
        ),
        (
            said(languages, lambda: _("Party %(letter)s") % {"letter": "B"}),
            {code: parties[code][1] for code in languages},
        ),
        (said(languages, lambda: _("In force")), said(languages, lambda: _term(head))),
    ]
    return Facts(tuple(rows))


def _term(head: Mapping[str, Any]) -> str:
    first = f"{date.fromisoformat(head['starts_on']):%d.%m.%Y}" if head["starts_on"] else ""
    last = f"{date.fromisoformat(head['ends_on']):%d.%m.%Y}" if head["ends_on"] else ""
    if first and last:
        words = _("from %(first)s to %(last)s") % {"first": first, "last": last}
    elif last:
        words = _("from the last signature to %(last)s") % {"last": last}
    elif first:
        words = _("from %(first)s without end date") % {"first": first}
    else:
        words = _("from the last signature without end date")
    if head["renews_automatically"] and head["renewal_months"]:
        words += "; " + _("renewed for %(months)d months each time unless terminated") % {
            "months": head["renewal_months"]
        }
    return words


def _articles(
    texts: Mapping[str, Sequence[Mapping[str, str]]], languages: Sequence[str]
) -> list[Heading | Paragraph]:
    """Headings numbered, languages side by side; one language may have more articles than the other."""
    blocks: list[Heading | Paragraph] = []
    nothing: Mapping[str, str] = {"heading": "", "text": ""}
    columns = [texts.get(language, ()) for language in languages]
    for number, row in enumerate(zip_longest(*columns, fillvalue=nothing), start=1):
        pairs = dict(zip(languages, row, strict=True))
        blocks.append(
            Heading(
                {
                    language: f"{number}. {article['heading']}" if article["heading"] else ""
                    for language, article in pairs.items()
                }
            )
        )
        blocks.append(Paragraph({language: article["text"] for language, article in pairs.items()}))
    return blocks


def _places(rows: Sequence[Mapping[str, Any]], languages: Sequence[str]) -> Grid:
    def both(say: Callable[[], object]) -> str:
        return " / ".join(dict.fromkeys(said(languages, say).values()))

    heads = (
        said(languages, lambda: _("Year")),
        said(languages, lambda: _("From → to")),
        said(languages, lambda: _("For whom")),
        said(languages, lambda: _("Field (ISCED-F)")),
        said(languages, lambda: _("Places")),
        said(languages, lambda: _("Months each")),
        said(languages, lambda: _("Language")),
    )
    lines = []
    for row in rows:
        for_whom = both(lambda row=row: MobilityKind(row["kind"]).label)  # type: ignore[misc]
        if row["level"]:
            for_whom += ", " + both(lambda row=row: Level(row["level"]).label)  # type: ignore[misc]
        field = both(lambda row=row: field_title(row["isced_f"]) if row["isced_f"] else _("any"))  # type: ignore[misc]
        lines.append(
            (
                year_words(row["academic_year"]),
                "A → B" if row["direction"] == Direction.OUTGOING else "B → A",
                for_whom,
                f"{row['isced_f']} {field}".strip(),
                str(row["places"]),
                row["months"],
                f"{language_name(row['language'], languages[0])} {row['language_level']}".strip() or "–",
            )
        )
    return Grid(heads, tuple(lines), numeric=(4, 5), widths=(1.1, 1.1, 2.7, 1.8, 0.9, 1.3, 1.2))


def language_name(code: str, spoken: str | None = None) -> str:
    """The name of a language of instruction in the language `spoken`."""
    if not code:
        return ""
    where = Locale.parse((spoken or translation.get_language() or "en").split("-")[0])
    return str(where.languages.get(code, code))


def live_signers(agreement: Agreement) -> tuple[tuple[str, str], tuple[str, str]]:
    return (
        (agreement.home_signer, agreement.home_signer_post),
        (agreement.partner_signer, agreement.partner_signer_post),
    )


def office_names(office: Office, languages: Sequence[str]) -> dict[str, str]:
    return {language: office.name_in(language) for language in languages}
