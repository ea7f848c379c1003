"""Credits of different units in one sum: factors with their source, dated, chosen by the office where pages differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from sapar.core.errors import BadInput, NotAllowed
from sapar.mobility.models import Exchange, OfficeFactor
from sapar.mobility.papers.learning import learning_agreement_paper
from sapar.mobility.papers.recognition import protocol_paper
from sapar.mobility.queries.credits import Converter
from sapar.mobility.queries.learning import totals_of
from sapar.mobility.queries.recognition import balance_of
from sapar.mobility.services.exchanges import note_arrival, note_departure
from sapar.mobility.services.grades import FactorEntry, decide_factor, set_rules
from sapar.mobility.services.recognition import accept_suggestions, close_case, open_case
from sapar.mobility.services.transcripts import LineEntry, receive_transcript
from sapar.mobility.states import CreditUnit, TranscriptSource, Verdict
from sapar.mobility.wording.credits import amount_words, credits_text, left_out_sentence, way_sentence
from sapar.mobility.wording.rules import shown_alike
from tests.cast import LATER, NOW, Cast
from tests.mobility.stays import accepted_stay, pair, signed_agreement

ON = date(2027, 2, 1)
SOURCE = "https://example.org/order-5"


def at_home(cast: Cast, credits: str, unit: str, *, on: date = ON, level: str = "") -> Decimal | None:
    return Converter(cast.office, on=on, level=level).one(Decimal(credits), unit).result


@pytest.mark.parametrize(
    ("credits", "unit", "ects"),
    [
        ("3", "US", "6"),  # University of Arizona: 2 ECTS are 1 credit
        ("30", "KG", "30"),  # KSMA: 30 credits a semester, 60 a year
        ("5", "KZ", "5"),  # KazNU: a year has 60 credits
        ("4.5", "ECTS", "4.5"),
    ],
)
def test_units_become_ects_as_the_pages_say(cast: Cast, credits: str, unit: str, ects: str) -> None:
    assert at_home(cast, credits, unit) == Decimal(ects)


def test_unit_without_a_single_factor_stays_out_and_says_why(cast: Cast) -> None:
    found = Converter(cast.office, on=ON).sum([(Decimal(6), "ECTS"), (Decimal(90), "hours")])
    assert (found.total, len(found.left_out), found.left_out[0].low) == (Decimal(6), 1, "25")
    assert "25 to 30" in left_out_sentence(found.left_out[0].plain())
    old = Converter(cast.office, on=ON, level="bachelor").one(Decimal(3), "KZ-old")
    assert (old.result, old.low, old.high) == (None, "1.5", "1.8")


def test_office_decides_within_the_published_range(cast: Cast) -> None:
    entry = FactorEntry(from_unit="ECTS", to_unit="hours", factor=Decimal(30), source=SOURCE)
    for wrong, field in (
        (replace(entry, factor=Decimal(20)), "factor"),
        (replace(entry, source="order 5"), "source"),
        (replace(entry, to_unit="ECTS"), "to_unit"),
    ):
        with pytest.raises(BadInput) as refused:
            decide_factor(cast.office, wrong, by=cast.officer, at=NOW)
        assert refused.value.facts["field"] == field
    with pytest.raises(NotAllowed):
        decide_factor(cast.office, entry, by=cast.reader, at=NOW)
    decide_factor(cast.office, entry, by=cast.officer, at=NOW)
    assert at_home(cast, "90", "hours") == Decimal(3)
    assert Converter(cast.other_office, on=ON).one(Decimal(90), "hours").result is None


def test_newer_factor_ends_the_older_one_and_the_day_decides(cast: Cast) -> None:
    entry = FactorEntry(
        from_unit="KZ-old", to_unit="ECTS", factor=Decimal("1.5"), source=SOURCE, level="bachelor"
    )
    decide_factor(cast.office, entry, by=cast.officer, at=NOW)
    with pytest.raises(BadInput):
        decide_factor(cast.office, replace(entry, factor=Decimal("1.8")), by=cast.officer, at=NOW)
    later = replace(entry, factor=Decimal("1.8"), valid_from=date(2027, 1, 1))
    decide_factor(cast.office, later, by=cast.officer, at=NOW)
    assert [
        at_home(cast, "10", "KZ-old", on=day, level="bachelor")
        for day in (date(2026, 12, 31), date(2027, 1, 1))
    ] == [Decimal(15), Decimal(18)]
    assert OfficeFactor.objects.order_by("pk").values_list("valid_to", flat=True)[0] == date(2026, 12, 31)
    assert at_home(cast, "10", "KZ-old", level="master") is None


def test_two_units_meet_by_way_of_ects(cast: Cast) -> None:
    set_rules(
        cast.office, home_scale="kz-12", credit_unit="US", rule="mid", smallest_group=50, fewest_years=2,
        equivalence_years=3, by=cast.officer, at=NOW,
    )  # fmt: skip
    found = Converter(cast.office, on=ON).one(Decimal(6), "KG")
    assert (found.result, found.factor, found.to_unit) == (Decimal(3), "0.5", "US")
    assert "kgma.kg" in found.source
    assert "arizona" in found.source
    assert "× 0.5" in way_sentence(found.plain())


def american_stay(cast: Cast, credits: str, earned: str, unit: str = "US") -> Exchange:
    """Six ECTS at home are promised for an American course."""
    exchange = accepted_stay(cast)
    studied, home = pair(cast)
    studied = replace(studied, credits=Decimal(credits), credit_unit=unit)
    signed_agreement(exchange, cast, [studied, home])
    note_arrival(exchange, arrived_on=date(2027, 2, 1), by=cast.officer, at=LATER)
    note_departure(exchange, left_on=date(2027, 6, 28), by=cast.officer, at=LATER)
    line = LineEntry(code="AN-201", title="Anatomy", credits=Decimal(earned), credit_unit=unit, mark="A-")
    receive_transcript(exchange, [line], scale="kz-12", source=TranscriptSource.FORM, by=cast.officer, at=NOW)
    exchange.refresh_from_db()
    return exchange


def test_agreement_signs_the_sum_with_its_factor(cast: Cast) -> None:
    exchange = american_stay(cast, "3", "3")
    version = exchange.learning_agreements.get()
    assert version.snapshot is not None
    assert version.snapshot["sums"]["studied"]["total"] == "6.00"
    assert version.components.get(side="studied").credits == Decimal(3)
    assert totals_of(version).studied.total == totals_of(version).recognised.total == Decimal(6)
    words = str(learning_agreement_paper(version, version.signatures.all(), on=ON).blocks)
    assert "transfercredit.arizona.edu" in words
    assert "× 2" in words


@pytest.mark.parametrize(
    ("earned", "verdict", "credits"), [("3", Verdict.RECOGNISED, "6"), ("2", Verdict.PARTLY, "4")]
)
def test_promised_and_recognised_are_compared_in_one_unit(
    cast: Cast, earned: str, verdict: str, credits: str
) -> None:
    case = open_case(american_stay(cast, "3", earned), by=cast.officer, at=NOW)
    decision = case.decisions.get()
    suggestion = decision.method["suggestion"]
    assert (suggestion["verdict"], Decimal(suggestion["credits"])) == (verdict, Decimal(credits))
    assert (decision.studied[0]["credits"], decision.studied[0]["credit_unit"]) == (f"{earned}.00", "US")
    assert decision.studied[0]["in_home_unit"]["factor"] == "2"


def test_case_is_summed_up_in_the_home_unit_and_the_protocol_names_the_factor(cast: Cast) -> None:
    exchange = american_stay(cast, "3", "3")
    case = open_case(exchange, by=cast.officer, at=NOW)
    accept_suggestions(case, by=cast.officer, at=NOW)
    case = close_case(case, by=cast.officer, at=NOW)
    exchange.refresh_from_db()
    assert (exchange.credits_studied, exchange.credits_recognised) == (Decimal(6), Decimal(6))
    decisions = list(case.decisions.all())
    assert balance_of(decisions).difference == 0
    words = str(protocol_paper(case, decisions, on=ON).blocks)
    assert "× 2 =" in words
    assert "transfercredit.arizona.edu" in words


def test_hours_wait_for_the_office_to_choose_a_factor(cast: Cast) -> None:
    exchange = american_stay(cast, "180", "180", unit=CreditUnit.HOURS)
    case = open_case(exchange, by=cast.officer, at=NOW)
    assert case.decisions.get().method["suggestion"]["because"] == "no_factor"
    assert accept_suggestions(case, by=cast.officer, at=NOW) == 0
    entry = FactorEntry(from_unit="ECTS", to_unit="hours", factor=Decimal(30), source=SOURCE)
    decide_factor(cast.office, entry, by=cast.officer, at=NOW)
    case = open_case(exchange, by=cast.officer, at=NOW)
    assert case.decisions.get().method["suggestion"]["verdict"] == Verdict.RECOGNISED


@pytest.mark.parametrize(
    ("language", "credits", "words"),
    [
        ("en", "1", "1 ECTS credit"),
        ("en", "4.5", "4.5 ECTS credits"),
        ("ru", "21", "21 кредит ECTS"),
        ("ru", "4", "4 кредита ECTS"),
        ("ru", "11", "11 кредитов ECTS"),
        ("ru", "3.50", "3,5 кредита ECTS"),
        ("ky", "3.5", "3,5 ECTS кредити"),
    ],
)
def test_amounts_are_written_as_the_language_counts(language: str, credits: str, words: str) -> None:
    with translation.override(language):
        assert amount_words(credits, "ECTS") == words
        assert credits_text("3.50") == "3.5"


def test_a_column_of_points_has_the_same_digits_after_the_comma() -> None:
    with translation.override("ru"):
        assert shown_alike(["45.75", "13.3333", 0, None, -10]) == ["45,750", "13,333", "0,000", "", "−10,000"]
    assert shown_alike([]) == []
