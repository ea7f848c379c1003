"""The commission's protocol and the order on the recognition of credits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sapar.directory.queries import home_of
from sapar.files.bilingual import how_to_check, issuer, languages_of, said, same
from sapar.formats.papers import Block, Facts, Grid, Heading, Paper, Paragraph, Signatures, Words
from sapar.mobility.models import Decision, RecognitionCase
from sapar.mobility.queries.recognition import balance_of
from sapar.mobility.states import Verdict
from sapar.mobility.wording.credits import credits_text, left_out_sentence, way_sentence
from sapar.mobility.wording.recognition import CONVERTED, method_sentence, refusal_sentence


def protocol_paper(
    case: RecognitionCase, decisions: Sequence[Decision], *, on: date, verify_url: str = ""
) -> Paper:
    """What was studied, what it counts for, how marks were converted, and what is left to be made up."""
    office = case.office
    languages = languages_of(office)
    balance = balance_of(decisions)
    totals = (
        (said(languages, lambda: _("Credits passed at the host")), credits_text(balance.studied)),
        (said(languages, lambda: _("Credits required at home")), credits_text(balance.required)),
        (
            said(languages, lambda: _("Credits recognised")),
            credits_text(sum((one.credits_recognised or 0) for one in decisions)),  # type: ignore[arg-type]
        ),
        (said(languages, lambda: _("Academic difference, to be made up")), credits_text(balance.difference)),
    )
    blocks: list[Block] = [
        _who(case, languages),
        Heading(said(languages, lambda: _("Decisions"))),
        _decisions(decisions, languages),
        Heading(said(languages, lambda: _("How the marks were converted"))),
        *[Paragraph(words) for words in _ways(decisions, languages)],
        *_credit_ways(decisions, languages),
        Heading(said(languages, lambda: _("Result"))),
        Facts(tuple((label, same(languages, value)) for label, value in totals)),
        Signatures(
            tuple(
                (said(languages, lambda: _("Member of the commission")), name, "") for name in case.commission
            )
            or ((said(languages, lambda: _("For the commission")), "", ""),)
        ),
    ]
    return Paper(
        languages=languages,
        issuer=issuer(office, languages),
        title=said(languages, lambda: _("Protocol on the recognition of credits")),
        blocks=tuple(blocks),
        on=on,
        number=case.number,
        verify_url=verify_url,
        verify_words=how_to_check(languages),
        draft_words={} if case.number else said(languages, lambda: _("Draft: not decided yet")),
    )


def order_paper(
    case: RecognitionCase,
    decisions: Sequence[Decision],
    *,
    number: str,
    on: date,
    signer: str = "",
    verify_url: str = "",
) -> Paper:
    """The rector's order; without a number it is a draft and says so."""
    office, exchange = case.office, case.exchange
    languages = languages_of(office)
    first, last = exchange.arrived_on or exchange.planned_from, exchange.left_on or exchange.planned_to
    facts = {
        "person": exchange.person.display_name,
        "host": exchange.partner.name,
        "first": f"{first:%d.%m.%Y}",
        "last": f"{last:%d.%m.%Y}",
        "credits": credits_text(exchange.credits_recognised),
        "protocol": case.number,
        "difference": credits_text(balance_of(decisions).difference),
    }
    blocks: list[Block] = [
        Paragraph(
            said(
                languages,
                lambda: (
                    _(
                        "On the ground of the learning agreement, the transcript of records and protocol "
                        "%(protocol)s I order:"
                    )
                    % facts
                ),
            )
        ),
        Paragraph(
            said(
                languages,
                lambda: (
                    _(
                        "1. To recognise for %(person)s %(credits)s credits gained at %(host)s from %(first)s to "
                        "%(last)s as follows:"
                    )
                    % facts
                ),
            )
        ),
        _recognised(decisions, languages),
        Paragraph(
            said(
                languages,
                lambda: (
                    _("2. The academic difference of %(difference)s credits is to be made up.") % facts
                    if facts["difference"] != "0"
                    else _("2. No academic difference is left.")
                ),
            )
        ),
        Signatures(((said(languages, lambda: _("Rector")), signer, ""),)),
    ]
    return Paper(
        languages=languages,
        issuer=issuer(office, languages),
        title=said(languages, lambda: _("Order on the recognition of credits")),
        blocks=tuple(blocks),
        on=on,
        number=number,
        verify_url=verify_url,
        verify_words=how_to_check(languages),
        draft_words={} if number else said(languages, lambda: _("Draft order")),
    )


def _who(case: RecognitionCase, languages: Sequence[str]) -> Facts:
    exchange = case.exchange
    home = home_of(case.office).name
    first, last = exchange.arrived_on or exchange.planned_from, exchange.left_on or exchange.planned_to
    rows: list[tuple[Words, Words]] = [
        (said(languages, lambda: _("Student")), same(languages, exchange.person.display_name)),
        (said(languages, lambda: _("Programme of study")), same(languages, exchange.programme or "–")),
        (said(languages, lambda: _("Sending institution")), same(languages, home)),
        (said(languages, lambda: _("Receiving institution")), same(languages, exchange.partner.name)),
        (said(languages, lambda: _("Stay")), same(languages, f"{first:%d.%m.%Y} – {last:%d.%m.%Y}")),
    ]
    return Facts(tuple(rows))


def _decisions(decisions: Sequence[Decision], languages: Sequence[str]) -> Grid:
    return Grid(
        heads=(
            said(languages, lambda: _("Studied: title, credits, mark")),
            said(languages, lambda: _("Counts for")),
            said(languages, lambda: _("Promised")),
            said(languages, lambda: _("Recognised")),
            said(languages, lambda: _("Mark")),
            said(languages, lambda: _("Decision and reason")),
        ),
        rows=tuple(
            (
                "; ".join(
                    f"{line['title']} – {credits_text(line['credits'])} {line.get('credit_unit', 'ECTS')} – "
                    f"{line['mark']}"
                    for line in one.studied
                )
                or "–",
                "; ".join(f"{home['code']} {home['title']}".strip() for home in one.home) or "–",
                credits_text(one.credits_promised),
                credits_text(one.credits_recognised),
                one.home_mark or "–",
                _verdict(one, languages),
            )
            for one in decisions
        ),
        numeric=(2, 3),
        widths=(2.7, 2.3, 1.25, 1.35, 0.9, 2.3),
    )


def _verdict(decision: Decision, languages: Sequence[str]) -> str:
    if not decision.verdict:
        return "–"
    words = said(languages, lambda: str(Verdict(decision.verdict).label))
    return ". ".join([" / ".join(dict.fromkeys(words.values())), *filter(None, [decision.reason])])


def _ways(decisions: Sequence[Decision], languages: Sequence[str]) -> list[Words]:
    """Each different way once: many courses share one mark, and many marks the same want of a conversion."""
    refused: dict[str, Mapping[str, Any]] = {}
    known: dict[tuple[object, ...], dict[str, Any]] = {}
    for line in (line for decision in decisions for line in decision.studied):
        conversion = line.get("conversion")
        if conversion is None:
            refused[line["mark"]] = line
            continue
        said_alike = conversion["method"] not in CONVERTED and conversion["result"] in ("P", "F")
        key = (conversion["table"], *([conversion["passing"]] if said_alike else [conversion["mark"]]))
        first = known.setdefault(key, {**conversion, "marks": []})
        if conversion["mark"] not in first["marks"]:
            first["marks"].append(conversion["mark"])
    return [
        *(said(languages, lambda one=one: _way(one)) for one in known.values()),  # type: ignore[misc]
        *(said(languages, lambda one=one: _no_way(one)) for one in refused.values()),  # type: ignore[misc]
    ]


def _way(conversion: Mapping[str, Any]) -> str:
    sentence = method_sentence({**conversion, "mark": ", ".join(conversion["marks"])})
    return f"{sentence} {conversion['source']}".strip()


def _no_way(line: Mapping[str, Any]) -> str:
    reason = refusal_sentence(line.get("refusal_code", ""), line.get("refusal", ""))
    return _("“%(mark)s”: %(reason)s") % {"mark": line["mark"], "reason": reason}


def _credit_ways(decisions: Sequence[Decision], languages: Sequence[str]) -> list[Block]:
    """By which factors credits of other units came into the sums, each once."""
    found: dict[tuple[str, str], Words] = {}
    for decision in decisions:
        for line in (*decision.studied, *decision.home):
            known = line.get("in_home_unit")
            if known is None or known["unit"] == known["to_unit"]:
                continue
            if known["result"] is None:
                words = said(languages, lambda one=known: left_out_sentence(one))  # type: ignore[misc]
            else:
                said_so = said(languages, lambda one=known: way_sentence(one))  # type: ignore[misc]
                words = {key: f"{text} {known['source']}" for key, text in said_so.items()}
            found[known["unit"], known["table"]] = words
    if not found:
        return []
    heading = Heading(said(languages, lambda: _("How the credits were converted")))
    return [heading, *(Paragraph(words) for words in found.values())]


def _recognised(decisions: Sequence[Decision], languages: Sequence[str]) -> Grid:
    rows = []
    for one in decisions:
        if not one.credits_recognised:
            continue
        names = [f"{home['code']} {home['title']}".strip() for home in one.home] or [
            line["title"] for line in one.studied
        ]
        rows.append(("; ".join(names), credits_text(one.credits_recognised), one.home_mark or "–"))
    return Grid(
        heads=(
            said(languages, lambda: _("Component")),
            said(languages, lambda: _("Credits")),
            said(languages, lambda: _("Mark")),
        ),
        rows=tuple(rows),
        numeric=(1,),
        widths=(5, 1, 1),
    )
