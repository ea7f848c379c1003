"""The demo tells the whole story through services."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from sapar.audit.models import Entry
from sapar.audit.queries import breaks_in
from sapar.demo.office import build_office
from sapar.demo.stages import Stage
from sapar.directory.models import Unit
from sapar.files.models import Paper
from sapar.mobility.models import Award, Call, Exchange, LearningAgreement, RecognitionCase
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
    assert all({"ky", "ru", "en"} <= unit.names.keys() for unit in Unit.objects.filter(office=demo.office))
    closing = [timezone.localtime(call.closes_at) for call in Call.objects.all()]
    assert closing
    assert all((moment.hour, moment.minute) == (23, 59) for moment in closing)


@pytest.mark.django_db
def test_letters_of_the_demo_are_of_the_day_of_the_decision() -> None:
    demo = build_office(Stage.PLACED, today=date(2026, 3, 2), students=12, say=silent)
    awards = Award.objects.select_related("run").filter(run__office=demo.office)
    assert awards
    assert {award.told_at for award in awards} <= {award.run.adopted_at for award in awards}
    letters = Paper.objects.filter(kind="placing_letter")
    assert {paper.issued_at for paper in letters} == {award.told_at for award in awards}


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
    coming = Exchange.objects.filter(state__in=["nominated", "accepted"], direction="out")
    assert all(stay.planned_from > today for stay in coming)
    assert RecognitionCase.objects.filter(state="open").count() == 1
    assert set(LearningAgreement.objects.values_list("state", flat=True)) >= {"proposed", "to_sign", "signed"}


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize(
    "today", [date(2026, 11, 22), date(2027, 2, 12), date(2027, 7, 20), date(2027, 9, 5)]
)
@pytest.mark.parametrize("stage", [Stage.APPLICATIONS, Stage.PLACED, Stage.AWAY])
def test_each_stage_is_the_present_and_nothing_is_written_in_the_future(stage: Stage, today: date) -> None:
    demo = build_office(stage, today=today, students=12, say=silent)
    now = demo.at(today, 23)
    assert not Entry.objects.filter(at__gt=now).exists()
    story = Call.objects.order_by("pk")[0]
    placed_or_sent = set(story.applications.values_list("state", flat=True))
    if stage == Stage.AWAY:
        away = Exchange.objects.filter(state="away")
        assert away.exists()
        assert all(stay.planned_from <= today <= stay.planned_to for stay in away)
        assert Call.objects.filter(opens_at__lt=now, closes_at__gt=now).count() == 1
    elif stage == Stage.PLACED:
        assert "confirmed" in placed_or_sent
        assert now - story.closes_at < timedelta(days=30)
    else:
        assert placed_or_sent == {"complete"}
        assert story.opens_at < now < story.closes_at
    if stage != Stage.AWAY:
        assert story.stay_from > today
