"""How many of those known now a call's conditions let in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sapar.mobility.eligibility import Hurdle, reach
from sapar.mobility.models import Call, CallPlace
from sapar.mobility.queries.eligibility import reach_among_applicants, reach_among_students
from tests.cast import Cast, signed_in
from tests.story import apply, open_call_with, partner_in_force, student

GPA: dict[str, Any] = {"code": "gpa", "fact": "gpa", "test": "at_least", "required": 3.2}
YEAR: dict[str, Any] = {"code": "year", "fact": "year_of_study", "test": "one_of", "required": [2, 3]}
ENGLISH: dict[str, Any] = {
    "code": "language", "fact": "languages", "test": "speaks", "required": ["en:B2"]
}  # fmt: skip
FACULTY: dict[str, Any] = {"code": "faculty", "fact": "faculty", "test": "one_of", "required": ["MED"]}


def test_each_condition_is_counted_alone_and_all_together() -> None:
    people: list[tuple[dict[str, Any], int]] = [
        ({"gpa": 3.5, "year_of_study": 2}, 30),
        ({"gpa": 3.0, "year_of_study": 2}, 5),
        ({"gpa": 3.0, "year_of_study": 1}, 4),
        ({"year_of_study": 3}, 2),
    ]
    found = reach([GPA, YEAR, ENGLISH], people, ["gpa", "year_of_study"])
    assert (found.people, found.meeting) == (41, 30)
    assert found.hurdles == (Hurdle(GPA, 11, 2, True), Hurdle(YEAR, 4, 0, True), Hurdle(ENGLISH, 0, 0, False))


def test_students_are_counted_in_one_query_and_by_office(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name, gpa, unit in (("Aida", "3.5", "MED"), ("Bermet", "3.1", "MED"), ("Chynara", "3.9", "ECO")):
        student(cast, name, gpa, unit=unit)
    with django_assert_num_queries(1):
        found = reach_among_students(cast.office, [GPA, FACULTY])
    assert (found.people, found.meeting, [one.failing for one in found.hurdles]) == (3, 1, [1, 1])
    assert reach_among_students(cast.office, []).meeting == 3
    assert reach_among_students(cast.other_office, [GPA]).people == 0


def test_applicants_are_counted_with_their_languages(cast: Cast) -> None:
    call = open_call_with(cast, partner_in_force(cast))
    apply(call, student(cast, "Aida", "3.5"))
    apply(call, student(cast, "Bermet", "3.0"))
    found = reach_among_applicants(call, [GPA, ENGLISH])
    assert (found.people, [one.asked for one in found.hurdles]) == (2, [True, True])
    assert found.hurdles[0].failing == 1


@pytest.fixture
def form(cast: Cast) -> tuple[Client, Call]:
    call = open_call_with(cast, partner_in_force(cast), rules=(GPA,))
    student(cast, "Aida", "3.5")
    student(cast, "Bermet", "3.0")
    return signed_in(cast.officer), call


def typed(*rules: tuple[str, str], **more: str) -> dict[str, str]:
    rows = {f"rules-{at}-{name}": said for at, rule in enumerate(rules)
            for name, said in zip(("kind", "value"), rule, strict=True)}  # fmt: skip
    return {"rules-count": str(len(rules)), **rows, **more}


def test_the_form_says_whom_the_conditions_let_in(form: tuple[Client, Call]) -> None:
    client, call = form
    url = f"/o/alatoo/calls/{call.pk}/change/"
    assert "All conditions are met by 1 of 2 students in the student system." in text(client.get(url))
    loose = client.post(url, typed(("gpa", "2.0"), ("year", "x"), do="reach"))
    said = text(loose)
    assert (loose.status_code, "<html" in said) == (200, False)
    assert "by 2 of 2 students" in said
    assert "1 condition is not complete yet and is left out." in said
    call.refresh_from_db()
    assert call.rules == [GPA]


def test_without_script_a_button_counts_anew_and_complains_about_nothing(form: tuple[Client, Call]) -> None:
    client, call = form
    answer = client.post(
        f"/o/alatoo/calls/{call.pk}/change/", typed(("gpa", "2.0"), ("year", "x"), rows="rules:count")
    )
    assert (answer.status_code, 'class="error"' in text(answer)) == (200, False)
    assert "by 2 of 2 students" in text(answer)


def test_faculties_are_called_by_their_names(form: tuple[Client, Call], cast: Cast) -> None:
    client, call = form
    said = text(client.post(f"/o/alatoo/calls/{call.pk}/change/", typed(("faculty", "MED"), do="reach")))
    assert cast.medicine.name in said
    assert "MED" not in said


def test_one_host_adds_its_conditions_to_those_of_the_call(form: tuple[Client, Call], cast: Cast) -> None:
    client, call = form
    place = CallPlace.objects.get(call=call)
    answer = client.post(f"/o/alatoo/calls/{call.pk}/places/{place.pk}/", typed(("year", "4"), do="reach"))
    assert "by 0 of 2 students" in text(answer)
    assert "GPA of at least 3.2" in text(answer)
    assert (
        signed_in(cast.reader).post(f"/o/alatoo/calls/{call.pk}/change/", {"do": "reach"}).status_code == 403
    )


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())
