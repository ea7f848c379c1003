"""Transcripts to the letter, marks with their way, decisions, the balance, and what is remembered."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from sapar.accounts.queries import head_of
from sapar.accounts.states import LinkPurpose, Role
from sapar.core.errors import BadInput, IllegalMove, NotAllowed
from sapar.files.models import Paper
from sapar.formats.tables import RefusedRows, write_csv, write_xlsx
from sapar.methods.recognition import shipped_scale
from sapar.mobility.errors import (
    BadScale,
    DecisionsOpen,
    ReasonMissing,
    ScaleInUse,
    SheetUnreadable,
    TooManyCredits,
)
from sapar.mobility.models import Equivalence, RecognitionCase, Transcript
from sapar.mobility.queries.exchanges import transcript_of
from sapar.mobility.queries.recognition import balance_of, suggested_equivalences
from sapar.mobility.services.equivalences import keep_equivalence
from sapar.mobility.services.grades import CountsEntry, ScaleEntry, note_counts, save_scale, set_rules
from sapar.mobility.services.recognition import (
    accept_suggestions,
    close_case,
    decide_group,
    issue_order,
    open_case,
)
from sapar.mobility.services.transcripts import LineEntry, receive_transcript
from sapar.mobility.sheets.grades import read_counts
from sapar.mobility.sheets.transcripts import read_transcript
from sapar.mobility.states import CaseState, ExchangeState, TranscriptSource, Verdict
from sapar.mobility.wording.recognition import method_sentence, suggestion_sentence, way_sentences
from tests.cast import NOW, TODAY, Cast, grant, make_user
from tests.mobility.stays import ANATOMY, accepted_stay, key_for, returned_stay, stay_with_transcript
from tests.story import partner_in_force

KZ = shipped_scale("kz-12")


@pytest.mark.parametrize("mark", ["A", "A-", "93%", "88"])
def test_mark_is_kept_as_the_host_wrote_it(cast: Cast, mark: str) -> None:
    line = LineEntry(title="Anatomy", credits=Decimal(6), mark=mark)
    exchange = stay_with_transcript(cast, None, line)
    transcript = transcript_of(exchange)
    assert transcript is not None
    assert transcript.lines.get().mark == mark


@pytest.mark.parametrize("mark", ["А-", "Z", "1.0", "3.33", "4,5,6", "", "NaN", "1e999", "-5"])
def test_mark_that_is_not_on_the_scale_is_refused_and_nothing_kept(cast: Cast, mark: str) -> None:
    exchange = returned_stay(cast)
    with pytest.raises(BadInput):
        receive_transcript(
            exchange,
            [ANATOMY, LineEntry(title="Histology", credits=Decimal(3), mark=mark)],
            scale="kz-12",
            source=TranscriptSource.FORM,
            by=cast.officer,
            at=NOW,
        )
    assert not Transcript.objects.exists()


def test_correction_replaces_and_opens_decisions_anew(cast: Cast) -> None:
    exchange = stay_with_transcript(cast)
    open_case(exchange, by=cast.coordinator, at=NOW)
    better = LineEntry(code="AN-201", title="Anatomy", credits=Decimal(6), mark="A")
    given: dict[str, Any] = {"scale": "kz-12", "source": TranscriptSource.FORM, "by": cast.officer, "at": NOW}
    second = receive_transcript(exchange, [better], **given)
    assert transcript_of(exchange) == second
    assert not RecognitionCase.objects.exists()
    case = open_case(exchange, by=cast.coordinator, at=NOW)
    accept_suggestions(case, by=cast.coordinator, at=NOW)
    close_case(case, by=cast.coordinator, at=NOW)
    with pytest.raises(IllegalMove):
        receive_transcript(exchange, [better], **given)


def test_decisions_need_reasons_where_they_leave_the_promise(cast: Cast) -> None:
    case = open_case(stay_with_transcript(cast), by=cast.coordinator, at=NOW)
    decision = case.decisions.get()
    given: dict[str, Any] = {"by": cast.coordinator, "at": NOW}
    with pytest.raises(ReasonMissing):
        decide_group(decision, verdict=Verdict.PARTLY, credits=Decimal(4), **given)
    with pytest.raises(TooManyCredits):
        decide_group(decision, verdict=Verdict.RECOGNISED, credits=Decimal(7), **given)
    with pytest.raises(DecisionsOpen):
        close_case(case, **given)
    with pytest.raises(NotAllowed):
        decide_group(decision, verdict=Verdict.RECOGNISED, credits=Decimal(6), by=cast.reader, at=NOW)
    decide_group(decision, verdict=Verdict.PARTLY, credits=Decimal(4), reason="No practice", **given)
    balance = balance_of([case.decisions.get()])
    assert (balance.studied, balance.required, balance.recognised, balance.difference) == tuple(
        map(Decimal, (6, 6, 4, 2))
    )


def test_balance_counts_failed_missing_and_elective(cast: Cast) -> None:
    lines = [
        LineEntry(code="AN-201", title="Anatomy", credits=Decimal(6), mark="F"),
        LineEntry(code="TR-1", title="Turkish", credits=Decimal(3), mark="B"),
    ]
    case = open_case(stay_with_transcript(cast, None, *lines), by=cast.coordinator, at=NOW)
    assert accept_suggestions(case, by=cast.coordinator, at=NOW) == 1
    first, second = case.decisions.order_by("group")
    assert (first.verdict, second.verdict) == ("", Verdict.ELECTIVE)
    balance = balance_of([first, second])
    assert (balance.studied, balance.failed, balance.difference) == (Decimal(3), Decimal(6), Decimal(6))
    assert suggestion_sentence(first.method["suggestion"]) == "Not passed at the host."


def test_papers_are_issued_in_their_order(cast: Cast) -> None:
    exchange = stay_with_transcript(cast)
    case = open_case(exchange, commission=["Dean", "Head"], by=cast.coordinator, at=NOW)
    accept_suggestions(case, by=cast.coordinator, at=NOW)
    case = close_case(case, by=cast.coordinator, at=NOW)
    with pytest.raises(NotAllowed):
        issue_order(case, number="1", by=cast.coordinator, at=NOW)
    case = issue_order(case, number="17-A", on=TODAY, signer="Elmira", by=cast.officer, at=NOW)
    assert case.state == CaseState.ORDERED
    papers = list(Paper.objects.order_by("pk").values_list("kind", "number", "state"))
    assert papers == [
        ("recognition_protocol", case.number, "valid"),
        ("recognition_order", "17-A", "valid"),
    ]


def test_order_names_the_registered_rector_where_nobody_was_named(cast: Cast) -> None:
    case = open_case(stay_with_transcript(cast), commission=["Dean"], by=cast.coordinator, at=NOW)
    accept_suggestions(case, by=cast.coordinator, at=NOW)
    case = close_case(case, by=cast.coordinator, at=NOW)
    issue_order(case, number="17-A", on=TODAY, by=cast.officer, at=NOW)
    content = Paper.objects.get(kind="recognition_order").file.content.read()
    assert cast.rector.name in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    grant(make_user("Second"), cast.office, Role.RECTOR)
    assert head_of(cast.office) == "", "of two it is not known who signs"
    cast.rector.is_active = False
    cast.rector.save()
    assert head_of(cast.office).startswith("Second")


def test_decision_is_suggested_to_the_next_student_until_it_ends(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    case = open_case(stay_with_transcript(cast, partner), by=cast.coordinator, at=NOW)
    accept_suggestions(case, by=cast.coordinator, at=NOW)
    close_case(case, by=cast.coordinator, at=NOW)
    known = Equivalence.objects.get()
    following = accepted_stay(cast, partner, given="Next")
    assert list(suggested_equivalences(following, today=TODAY)) == [known]
    elsewhere = accepted_stay(cast, partner_in_force(cast, "Izmir Demo University"), given="Other")
    assert list(suggested_equivalences(elsewhere, today=TODAY)) == []
    keep_equivalence(
        known,
        valid_until=TODAY - timedelta(days=1),
        evidence=b"%PDF-1.7 syllabus",
        evidence_name="syllabus.pdf",
        by=cast.officer,
        at=NOW,
    )
    assert list(suggested_equivalences(following, today=TODAY)) == []
    known.refresh_from_db()
    assert known.evidence is not None


def counts(
    cast: Cast, organisation: Any, scale: str, *numbers: int, years: tuple[int, ...] = (2024, 2025)
) -> None:
    labels = [band.label for band in KZ.bands if band.passing]
    note_counts(
        cast.office,
        CountsEntry(
            organisation=organisation,
            scale=scale,
            years=years,
            counts=dict(zip(labels, numbers, strict=False)),
            isced_f="09",
            source="Registrar",
        ),
        by=cast.officer,
        at=NOW,
    )


def test_mark_is_converted_by_distributions_and_says_how(cast: Cast) -> None:
    partner = partner_in_force(cast)
    set_rules(
        cast.office, home_scale="kz-12", rule="mid", smallest_group=50, fewest_years=2, equivalence_years=3,
        by=cast.officer, at=NOW,
    )  # fmt: skip
    counts(cast, partner.organisation, "kz-12", 10, 20, 30, 40)
    counts(cast, cast.home, "kz-12", 40, 30, 20, 10)
    case = open_case(stay_with_transcript(cast, partner), by=cast.coordinator, at=NOW)
    conversion = case.decisions.get().studied[0]["conversion"]
    # A- covers 10 to 30 % there; the middle, 20 %, lies in the first 40 % here.
    assert (conversion["method"], conversion["result"]) == ("distribution", "A")
    assert method_sentence(conversion) == (
        "“A-” becomes “A”: by the grade distributions of both institutions."
    )
    assert any("10 to 30 %" in sentence for sentence in way_sentences(conversion))


def test_too_few_marks_are_not_converted(cast: Cast) -> None:
    partner = partner_in_force(cast)
    set_rules(
        cast.office, home_scale="kz-12", rule="mid", smallest_group=50, fewest_years=2, equivalence_years=3,
        by=cast.officer, at=NOW,
    )  # fmt: skip
    counts(cast, partner.organisation, "kz-12", 10, 20)
    counts(cast, cast.home, "kz-12", 40, 30)
    case = open_case(stay_with_transcript(cast, partner), by=cast.coordinator, at=NOW)
    assert case.decisions.get().studied[0]["conversion"]["method"] == "pass_fail"


OWN = ScaleEntry(
    code="osh-5",
    title="Osh, five marks",
    holder="Osh",
    source="https://example.org/rules",
    bands=[
        {"label": "5", "passing": True, "low": "85", "high": "100"},
        {"label": "2", "passing": False, "low": "0", "high": "84"},
    ],
)


def test_own_scale_needs_a_source_and_order(cast: Cast) -> None:
    given: dict[str, Any] = {"by": cast.officer, "at": NOW}
    faults: tuple[dict[str, Any], ...] = (
        {"source": "a book"},
        {"bands": []},
        {"bands": list(reversed(OWN.bands))},
        {"bands": [OWN.bands[0], OWN.bands[0]]},
        {"valid_from": date(2027, 1, 1), "valid_to": date(2026, 1, 1)},
    )
    for wrong in faults:
        with pytest.raises(BadScale):
            save_scale(cast.office, ScaleEntry(**{**OWN.__dict__, **wrong}), **given)
    with pytest.raises(BadInput):
        save_scale(cast.office, ScaleEntry(**{**OWN.__dict__, "code": "kz-12"}), **given)
    with pytest.raises(NotAllowed):
        save_scale(cast.office, OWN, by=cast.coordinator, at=NOW)


def test_bands_that_were_used_stay(cast: Cast) -> None:
    scale = save_scale(cast.office, OWN, by=cast.officer, at=NOW)
    line = LineEntry(code="AN-201", title="Anatomy", credits=Decimal(6), mark="5")
    stay_with_transcript(cast, None, line, scale="osh-5")
    wider = ScaleEntry(
        **{**OWN.__dict__, "bands": [{**OWN.bands[0], "low": "80"}, {**OWN.bands[1], "high": "79"}]}
    )
    with pytest.raises(ScaleInUse):
        save_scale(cast.office, wider, instead_of=scale, by=cast.officer, at=NOW)
    ended = ScaleEntry(**{**OWN.__dict__, "valid_to": date(2027, 8, 31)})
    assert save_scale(cast.office, ended, instead_of=scale, by=cast.officer, at=NOW).version == "1"


HEAD = ["Код", "Дисциплина", "Кредиты", "Оценка", "Дата"]


@pytest.mark.parametrize("write", [
    lambda rows: write_csv(HEAD, rows),
    lambda rows: write_xlsx({"Results": (HEAD, rows)}),
])  # fmt: skip
def test_transcript_is_read_from_a_sheet(write: Any) -> None:
    content = write([["AN-201", "Анатомия", "6", "A-", "15.06.2027"], ["", "Türkçe", "2,5", "95%", ""]])
    first, second = read_transcript(content, "marks", KZ)
    assert (first.code, first.title, first.credits, first.mark, first.examined_on) == (
        "AN-201", "Анатомия", Decimal(6), "A-", date(2027, 6, 15),
    )  # fmt: skip
    assert (second.credits, second.mark) == (Decimal("2.5"), "95%")


def test_sheet_is_refused_cell_by_cell() -> None:
    rows = [["AN", "Anatomy", "0", "А", "31.02.2027"], ["", "", "x", "", ""], ["", "Fine", "3", "B", ""]]
    with pytest.raises(RefusedRows) as refused:
        read_transcript(write_csv(["code", "title", "credits", "mark", "date"], rows), "marks.csv", KZ)
    assert [(p.row, p.column) for p in refused.value.problems] == [
        (2, "credits"), (2, "mark"), (2, "date"), (3, "title"), (3, "credits"), (3, "mark"),
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\x00\x01\x02", b"title,credits,mark\n"])
def test_what_is_no_sheet_is_refused(content: bytes) -> None:
    with pytest.raises(SheetUnreadable):
        read_transcript(content, "marks.csv", KZ)


def test_sheet_without_marks_is_refused() -> None:
    with pytest.raises(RefusedRows) as refused:
        read_transcript(b"title;credits\nAnatomy;6\n", "marks.csv", KZ)
    assert refused.value.problems[0].column == "mark"


def test_counts_are_whole_numbers_of_known_marks() -> None:
    assert read_counts(b"mark,count\nA,10\nB,20\nA,5\n", "c.csv", KZ) == {"A": 15, "B": 20}
    with pytest.raises(RefusedRows) as refused:
        read_counts(b"mark,count\nA,10.5\nZ,3\nB,-1\n", "c.csv", KZ)
    assert [(p.row, p.column) for p in refused.value.problems] == [(2, "count"), (3, "mark"), (4, "count")]


def test_partner_gives_a_transcript_once(cast: Cast) -> None:
    exchange = returned_stay(cast)
    link = key_for(exchange, LinkPurpose.GIVE_TRANSCRIPT, cast)
    receive_transcript(exchange, [ANATOMY], scale="kz-12", source=TranscriptSource.LINK, by=link, at=NOW)
    link.refresh_from_db()
    exchange.refresh_from_db()
    assert (link.revoked_at, exchange.state) == (NOW, ExchangeState.TRANSCRIPT)
