"""Papers: the draft to negotiate, the PDF to sign, the memo on renewal, and letters."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult
from docx import Document
from pypdf import PdfReader

from sapar.accounts.queries import link_by_key
from sapar.accounts.states import LinkPurpose
from sapar.core.errors import NotAllowed
from sapar.files.models import Paper
from sapar.files.queries import papers_of
from sapar.formats.papers.pdf import draw_pdf
from sapar.formats.papers.word import draw_docx
from sapar.partners import tasks
from sapar.partners.errors import NotFrozen, Tampered
from sapar.partners.models import AgreementVersion
from sapar.partners.papers import agreement_paper
from sapar.partners.queries import content_of, current_version
from sapar.partners.queries.health import (
    Advice,
    Ground,
    RenewalFacts,
    YearUse,
    is_dormant,
    recommendation,
    renewal_facts,
    share_used,
)
from sapar.partners.services.agreements import change_draft, templates_for
from sapar.partners.services.approval import answer_step, invite_partner, return_to_draft, send_for_approval
from sapar.partners.services.papers import issue_agreement
from sapar.partners.services.renewal import issue_memo
from sapar.partners.states import ApprovalRole
from tests.cast import NOW, TODAY, Cast
from tests.story import approve, draft, partner_in_force, partner_link


def text_of(pdf: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def content(paper: Paper) -> bytes:
    with paper.file.content.open("rb") as file:
        data: bytes = file.read()
    return data


def test_draft_shows_both_languages_and_says_that_it_is_one(cast: Cast) -> None:
    agreement = draft(cast)
    agreement = change_draft(agreement, texts=templates_for(agreement), by=cast.officer, at=NOW)
    paper = agreement_paper(content_of(current_version(agreement)), on=TODAY)
    assert "1. Parties" in text_of(draw_pdf(paper))
    assert "1. Стороны" in text_of(draw_pdf(paper))
    assert paper.draft_words["en"] == "Draft for negotiation, version 1"
    document = Document(io.BytesIO(draw_docx(paper)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert {"1. Стороны", "1. Parties", "2026/27"} <= set(cells)


def test_paper_to_sign_is_drawn_from_what_was_approved(cast: Cast) -> None:
    agreement = approve(draft(cast), cast)
    version = current_version(agreement)
    version.conditions.update(places=77)
    issued = issue_agreement(agreement, on=TODAY, by=cast.officer, at=NOW)
    agreement.refresh_from_db()
    text = text_of(content(issued))
    assert (issued.number, agreement.number, agreement.state) == ("2026-001", "2026-001", "approved")
    assert version.digest[:16] in text
    assert f"/v/{issued.code}/" in text
    assert "77" not in text


def test_second_paper_replaces_the_first_under_the_same_number(cast: Cast) -> None:
    agreement = approve(draft(cast), cast)
    for _time in (1, 2):
        issue_agreement(agreement, on=TODAY, by=cast.officer, at=NOW)
    assert sorted(papers_of(agreement).values_list("number", "state")) == [
        ("2026-001", "replaced"),
        ("2026-001", "valid"),
    ]


def test_paper_is_not_made_before_all_approved_nor_by_others(cast: Cast) -> None:
    agreement = draft(cast)
    with pytest.raises(NotFrozen):
        issue_agreement(agreement, on=TODAY, by=cast.officer, at=NOW)
    for other in (cast.reader, cast.other_officer, cast.coordinator):
        with pytest.raises(NotAllowed):
            issue_agreement(agreement, on=TODAY, by=other, at=NOW)


def test_paper_of_a_changed_snapshot_is_refused(cast: Cast) -> None:
    agreement = approve(draft(cast), cast)
    version = current_version(agreement)
    assert version.snapshot is not None
    version.snapshot["agreement"]["title"] = "Something else"
    AgreementVersion.objects.filter(pk=version.pk).update(snapshot=version.snapshot)
    with pytest.raises(Tampered):
        issue_agreement(agreement, on=TODAY, by=cast.officer, at=NOW)


def test_paper_of_a_version_taken_back_is_void(cast: Cast) -> None:
    agreement = approve(draft(cast), cast)
    issued = issue_agreement(agreement, on=TODAY, by=cast.officer, at=NOW)
    return_to_draft(agreement, by=cast.officer, at=NOW)
    issued.refresh_from_db()
    assert issued.state == "revoked"


YEARS = (
    YearUse(2026, places_out=4, held_out=2, went_out=2, places_in=4, held_in=3, came_in=3),
    YearUse(2025, places_out=4, held_out=4, went_out=4, places_in=4, held_in=1, came_in=1),
    YearUse(2027, places_out=4, places_in=4),
)


def facts(*years: YearUse, late: int = 0, last_contact_on: date | None = TODAY) -> RenewalFacts:
    return renewal_facts(
        years, this_year=2026, obligations_done=1, obligations_late=late, last_contact_on=last_contact_on
    )


def test_places_of_years_to_come_do_not_count_as_unused() -> None:
    assert share_used(YEARS, until=2026) == round(100 * 10 / 16)
    assert share_used([], until=2026) is None
    assert [year.balance for year in YEARS] == [1, -3, 0]


def test_dormant_is_who_had_places_and_nobody_for_two_years() -> None:
    places = replace(YEARS[2], academic_year=2026)
    assert is_dormant([places], this_year=2026)
    assert not is_dormant([places, YEARS[1]], this_year=2026)
    assert not is_dormant([YEARS[2]], this_year=2026)
    assert not is_dormant([], this_year=2026)


@pytest.mark.parametrize(
    ("given", "advice", "ground"),
    [
        (facts(*YEARS), Advice.RENEW, Ground.WELL_USED),
        (facts(YearUse(2026, places_out=2, places_in=2)), Advice.LET_END, Ground.NOBODY),
        (
            facts(YearUse(2026, places_out=10, held_out=1, went_out=1)),
            Advice.FEWER_PLACES,
            Ground.LITTLE_USED,
        ),
        (
            facts(YearUse(2026, places_out=5, held_out=5, went_out=5)),
            Advice.RENEW_AFTER_TALK,
            Ground.ONE_SIDED,
        ),
        (facts(*YEARS, late=2), Advice.RENEW_AFTER_TALK, Ground.OBLIGATIONS_LATE),
        (
            facts(*YEARS, last_contact_on=date(2025, 1, 1)),
            Advice.RENEW_AFTER_TALK,
            Ground.NO_CONTACT,
        ),
        (facts(), Advice.RENEW, Ground.NO_PLACES),
    ],
)
def test_memo_advises_by_its_facts(given: RenewalFacts, advice: Advice, ground: Ground) -> None:
    advised = recommendation(given, on=TODAY)
    assert advised.advice == advice
    assert ground in advised.grounds


def test_memo_says_the_numbers_and_is_kept_as_a_paper(cast: Cast) -> None:
    agreement = partner_in_force(cast).agreement
    given = facts(*YEARS, late=2)
    issued = issue_memo(agreement, given, language="en", on=TODAY, by=cast.officer, at=NOW)
    text = text_of(content(issued))
    assert "62 % of the places agreed were used." in text
    assert "Obligations past their date: 2." in text
    assert "Renew the agreement after a talk with the partner" in text
    assert (issued.kind, issued.number, issued.state) == ("renewal_memo", "2026-001", "valid")


@pytest.mark.parametrize("language", ["en", "ru", "ky", "kk", "uz"])
def test_memo_is_drawn_in_each_language(cast: Cast, language: str) -> None:
    agreement = partner_in_force(cast).agreement
    issued = issue_memo(agreement, facts(*YEARS), language=language, on=TODAY, by=cast.officer, at=NOW)
    assert "2026/27" in text_of(content(issued))


def test_invitation_by_letter_opens_the_agreement_and_its_key_is_stored_nowhere(cast: Cast) -> None:
    agreement = send_for_approval(draft(cast), route=[ApprovalRole.PARTNER], by=cast.officer, at=NOW)
    link = partner_link(agreement, cast)
    tasks.invite.call(link.pk)
    (letter,) = mail.outbox
    assert letter.to == ["deniz@example.org"]
    key = letter.body.partition("/l/")[2].partition("/")[0]
    mailed = link_by_key(key, LinkPurpose.ANSWER_AGREEMENT, at=NOW)
    assert (mailed.subject_id, mailed.holder_name) == (agreement.pk, "Deniz Partner")
    digest = current_version(agreement).digest
    assert answer_step(agreement, approved=True, digest=digest, by=mailed, at=NOW).state == "approved"


def test_invitation_taken_back_is_not_mailed(cast: Cast) -> None:
    agreement = send_for_approval(draft(cast), route=[ApprovalRole.PARTNER], by=cast.officer, at=NOW)
    link = partner_link(agreement, cast)
    return_to_draft(agreement, by=cast.officer, at=NOW)
    tasks.invite.call(link.pk)
    assert mail.outbox == []


def test_invitation_without_address_sends_nothing(cast: Cast) -> None:
    agreement = send_for_approval(draft(cast), route=[ApprovalRole.PARTNER], by=cast.officer, at=NOW)
    invite_partner(agreement, name="Deniz", email="", by=cast.officer, at=NOW)
    assert not DBTaskResult.objects.filter(task_path="sapar.partners.tasks.invite").exists()
