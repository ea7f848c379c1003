"""The demo tells the whole story through services."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from sapar.audit.queries import breaks_in
from sapar.demo.office import build_office
from sapar.demo.stages import Stage
from sapar.mobility.models import Call, Exchange, LearningAgreement, RecognitionCase
from sapar.partners.import_tasks import compare
from sapar.partners.models import Agreement, PartnerImportRow
from sapar.partners.services.imports.bringing import bring_list, choose_columns
from sapar.reporting.models import Report

TODAY = date(2026, 11, 22)


def silent(step: str) -> None:
    del step


@pytest.mark.django_db
@pytest.mark.slow
def test_last_stage_ends_with_a_released_report_and_a_whole_trail() -> None:
    demo = build_office(Stage.REPORTED, today=TODAY, students=24, say=silent)
    assert Report.objects.get().state == "released"
    assert Agreement.objects.filter(state="in_force").count() == 9
    assert Exchange.objects.filter(direction="out", state="recognised").exists()
    assert list(breaks_in(demo.office)) == []
    closing = [timezone.localtime(call.closes_at) for call in Call.objects.all()]
    assert closing
    assert all((moment.hour, moment.minute) == (23, 59) for moment in closing)


@pytest.mark.django_db
def test_first_stage_has_partners_and_nothing_else() -> None:
    build_office(Stage.PARTNERS, today=TODAY, say=silent)
    assert not Agreement.objects.exists()


@pytest.mark.django_db
def test_list_of_the_tutorial_comes_out_in_the_demo_as_the_page_says() -> None:
    demo = build_office(Stage.PARTNERS, today=TODAY, say=silent)
    content = (Path(__file__).parents[2] / "examples" / "partners" / "list.csv").read_bytes()
    officer, now = demo.users["aigul"], timezone.now()
    batch = bring_list(content, "list.csv", office=demo.office, by=officer, at=now)
    choose_columns(batch, batch.mapping, by=officer, at=now)
    compare.call(batch.pk)
    rows = PartnerImportRow.objects.filter(batch=batch).order_by("number")
    assert [row.decision for row in rows] == ["match", "new", "match", "reject"]


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2027, 3, 1), date(2027, 8, 31), date(2027, 9, 1)])
def test_something_is_underway_at_every_step_on_any_day(today: date) -> None:
    build_office(Stage.REPORTED, today=today, students=12, say=silent)
    states = set(Exchange.objects.filter(direction="out").values_list("state", flat=True))
    assert {"nominated", "accepted"} <= states
    assert RecognitionCase.objects.filter(state="open").count() == 1
    assert set(LearningAgreement.objects.values_list("state", flat=True)) >= {"proposed", "to_sign", "signed"}
