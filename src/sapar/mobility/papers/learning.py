"""The learning agreement as a paper: both tables, the changes, three signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sapar.accounts.models import Office
from sapar.files.bilingual import how_to_check, issuer, said, same
from sapar.formats.papers import Block, Facts, Grid, Heading, Paper, Paragraph, Signatures
from sapar.mobility.models import Exchange, LearningAgreement, Signature
from sapar.mobility.queries.learning import snapshot_of, sum_in
from sapar.mobility.states import ChangeReason, LearningAgreementState, Party, Side
from sapar.mobility.wording.credits import credits_text, left_out_sentence, way_sentence
from sapar.partners.queries import digest_of

Rows = Sequence[Mapping[str, Any]]


def languages_for(exchange: Exchange) -> tuple[str, ...]:
    """Those of the agreement with the partner; else the office's first and English."""
    agreement = exchange.agreement
    if agreement is not None and agreement.languages:
        return tuple(agreement.languages[:2])
    return tuple(dict.fromkeys([*exchange.office.languages[:1], "en"]))


def learning_agreement_paper(
    version: LearningAgreement, signatures: Iterable[Signature], *, on: date, verify_url: str = ""
) -> Paper:
    """Drawn from the frozen snapshot; a draft from what stands there now, and it says so."""
    exchange = version.exchange
    office: Office = exchange.office
    languages = languages_for(exchange)
    data: Mapping[str, Any] = version.snapshot or snapshot_of(version)
    signed = {signature.party: signature for signature in signatures}
    is_draft = version.state != LearningAgreementState.SIGNED
    blocks: list[Block] = [
        _facts(exchange, data, languages),
        Heading(said(languages, lambda: _("Table A. Components studied at the receiving institution"))),
        *_side(data, Side.STUDIED, languages),
        Heading(said(languages, lambda: _("Table B. Components recognised at the sending institution"))),
        *_side(data, Side.RECOGNISED, languages),
    ]
    changed = [row for row in data["components"] if row["removed"] or row["added"]]
    if changed:
        blocks += [
            Heading(said(languages, lambda: _("Changes to the version before"))),
            _changes(changed, languages),
        ]
    blocks += [
        Paragraph(
            said(
                languages,
                lambda: _(
                    "By signing the three parties confirm that they approve this agreement. The receiving "
                    "institution confirms that the components are offered; the sending institution recognises "
                    "all credits gained and counts them towards the degree without further examination."
                ),
            )
        ),
        Signatures(tuple(_box(party, signed.get(party), languages) for party in Party)),
    ]
    return Paper(
        languages=languages,
        issuer=issuer(office, languages),
        title=said(
            languages, lambda: _("Learning agreement, version %(number)s") % {"number": version.number}
        ),
        blocks=tuple(blocks),
        on=on,
        number=f"{exchange.number}/{version.number}",
        verify_url=verify_url,
        verify_words=how_to_check(languages),
        digest=version.digest or digest_of(data),
        draft_words=said(languages, lambda: _("Not signed by all three yet")) if is_draft else {},
    )


def _facts(exchange: Exchange, data: Mapping[str, Any], languages: Sequence[str]) -> Facts:
    home, partner = data.get("home", exchange.office.name), data["partner"]
    sending, receiving = (home, partner) if exchange.direction == "out" else (partner, home)
    first, last = (date.fromisoformat(day) for day in data["planned"])
    rows = [
        (said(languages, lambda: _("Student")), same(languages, data["person"])),
        (said(languages, lambda: _("Sending institution")), same(languages, sending)),
        (said(languages, lambda: _("Receiving institution")), same(languages, receiving)),
        (said(languages, lambda: _("Planned stay")), same(languages, f"{first:%d.%m.%Y} – {last:%d.%m.%Y}")),
    ]
    if data.get("programme"):
        rows.append((said(languages, lambda: _("Programme of study")), same(languages, data["programme"])))
    return Facts(tuple(rows))


def _side(data: Mapping[str, Any], side: Side, languages: Sequence[str]) -> list[Block]:
    """The table of one side, and under it by which factors units were converted in its sum."""
    total = sum_in(data, side)
    notes: list[Block] = []
    for way in total["ways"]:
        words = said(languages, lambda one=way: way_sentence(one))  # type: ignore[misc]
        notes.append(Paragraph({key: f"{text} {way['source']}" for key, text in words.items()}))
    for left in total["left_out"]:
        notes.append(Paragraph(said(languages, lambda one=left: left_out_sentence(one))))  # type: ignore[misc]
    return [_table(data["components"], side, total, languages), *notes]


def _table(components: Rows, side: Side, total: Mapping[str, Any], languages: Sequence[str]) -> Grid:
    kept = [row for row in components if row["side"] == side and not row["removed"]]
    units = {row["credit_unit"] for row in kept} | {total["unit"]}

    def amount(credits: str, unit: str) -> str:
        return credits_text(credits) if len(units) == 1 else f"{credits_text(credits)} {unit}"

    lines = [
        (
            str(row["group"]),
            row["code"],
            row["title"],
            row["term"],
            amount(row["credits"], row["credit_unit"]),
        )
        for row in kept
    ]
    return Grid(
        heads=(
            said(languages, lambda: _("Group")),
            said(languages, lambda: _("Code")),
            said(languages, lambda: _("Title of the component")),
            said(languages, lambda: _("Term")),
            said(languages, lambda: _("Credits")),
        ),
        rows=(*lines, ("", "", "∑", "", f"{credits_text(total['total'])} {total['unit']}")),
        numeric=(4,),
        widths=(0.8, 1.1, 4, 0.9, 0.9),
    )


def _changes(changed: Rows, languages: Sequence[str]) -> Grid:
    def reason(row: Mapping[str, Any]) -> str:
        words = said(languages, lambda: ChangeReason(row["reason"]).coded)
        return " / ".join([*dict.fromkeys(words.values()), *filter(None, [row["reason_text"]])])

    def amount(row: Mapping[str, Any]) -> str:
        return f"{credits_text(row['credits'])} {row['credit_unit']}"

    return Grid(
        heads=(
            said(languages, lambda: _("Change")),
            said(languages, lambda: _("Title of the component")),
            said(languages, lambda: _("Credits")),
            said(languages, lambda: _("Reason")),
        ),
        rows=tuple(
            (
                "−" if row["removed"] else "+",
                row["title"],
                f"{credits_text(row['credits'])} {row['credit_unit']}",
                reason(row),
            )
            for row in changed
        ),
        numeric=(2,),
        widths=(0.7, 3, 0.9, 4),
    )


def _box(
    party: Party, signature: Signature | None, languages: Sequence[str]
) -> tuple[dict[str, str], str, str]:
    post = dict(said(languages, lambda: str(party.label)))
    if signature is None:
        return post, "", ""
    at = timezone.localtime(signature.signed_at)
    return post, signature.name, f"{at:%d.%m.%Y %H:%M} · SHA-256 {signature.digest[:12]}…"
