"""A university's ten years in small: the rows keep together, and the pages over them open."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from django.db.models import Sum

from sapar.accounts.services import next_number
from sapar.audit.queries import breaks_in
from sapar.demo.office import DemoOffice, build_office
from sapar.demo.stages import Stage
from sapar.demo.university import PARTNERS, YEARS, build_history
from sapar.mobility.models import (
    Application,
    Call,
    Decision,
    Exchange,
    LearningAgreement,
    RecognitionCase,
    Transcript,
)
from sapar.mobility.queries.calls import HOLDS_PLACE
from sapar.partners.models import AgreementVersion, Partnership
from sapar.partners.queries import digest_of
from sapar.reporting.models import Report
from tests.cast import signed_in
from tests.demo.test_office import TODAY, silent

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def demo(db: None) -> DemoOffice:
    made = build_office(Stage.REPORTED, today=TODAY, students=12, say=silent)
    build_history(made, say=silent, stays=150, students=120)
    return made


def test_history_keeps_together_and_its_pages_open(demo: DemoOffice) -> None:
    """One test, for the university is made once."""
    assert Partnership.objects.count() == PARTNERS + 12
    reports = dict(Report.objects.filter(state="released").values_list("academic_year", "number"))
    assert len(reports) == YEARS
    assert reports[demo.year] == 2

    used = Counter(Exchange.objects.filter(HOLDS_PLACE).values_list("condition", flat=True))
    places = dict(Exchange.objects.values_list("condition", "condition__places"))
    assert all(used[row] <= places[row] for row in used)
    for version in AgreementVersion.objects.exclude(snapshot=None):
        assert digest_of(version.snapshot or {}) == version.digest
    for agreed in LearningAgreement.objects.exclude(snapshot=None)[:50]:
        assert digest_of(agreed.snapshot or {}) == agreed.digest
    for one in Exchange.objects.filter(state="recognised").prefetch_related("recognition__decisions")[:50]:
        decided = list(one.recognition.decisions.all())
        assert one.credits_recognised == sum(
            (each.credits_recognised or Decimal(0) for each in decided), Decimal(0)
        )
    assert_recognition_is_believable()
    numbers = Exchange.objects.filter(direction="out", academic_year=demo.year).values_list(
        "number", flat=True
    )
    assert f"O-{demo.year}-{next_number(demo.office, 'exchange out', demo.year):04d}" not in numbers
    assert list(breaks_in(demo.office)) == []

    client = signed_in(demo.officer)
    stay = Exchange.objects.filter(state="recognised").order_by("pk").first()
    case = RecognitionCase.objects.order_by("pk").first()
    call = Call.objects.filter(state="finished").order_by("pk").first()
    application = Application.objects.filter(call=call).order_by("pk").first()
    assert stay is not None
    assert case is not None
    assert call is not None
    assert application is not None
    for page in (
        f"stays/{stay.pk}/", f"stays/{stay.pk}/agreements/1/", f"stays/{case.exchange_id}/recognition/",
        f"stays/{case.exchange_id}/recognition/protocol.pdf", f"calls/{call.pk}/",
        f"applications/{application.pk}/", "partners/", "agreements/", "stays/", "reports/", "calls/",
    ):  # fmt: skip
        assert client.get(f"/o/{demo.office.slug}/{page}").status_code == 200, page


def assert_recognition_is_believable() -> None:
    """Neither all nor little is recognised, every lesser decision says why, and some hosts write late."""
    decided = Exchange.objects.filter(state="recognised", credits_studied__gt=0)
    sums = decided.aggregate(recognised=Sum("credits_recognised"), studied=Sum("credits_studied"))
    assert Decimal("0.8") < sums["recognised"] / sums["studied"] < Decimal("0.93")
    verdicts = set(Decision.objects.exclude(verdict="").values_list("verdict", flat=True))
    assert verdicts == {"recognised", "partly", "elective", "refused"}
    assert not Decision.objects.exclude(verdict__in=["", "recognised"]).filter(reason="").exists()
    days = [
        (transcript.received_at.date() - transcript.exchange.left_on).days
        for transcript in Transcript.objects.select_related("exchange")
        if transcript.exchange.left_on
    ]
    assert 0.05 < sum(one > 75 for one in days) / len(days) < 0.2
    assert all(one.received_at.date() <= TODAY for one in Transcript.objects.all())
