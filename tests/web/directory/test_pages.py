"""People, organisations, faculties and courses in the office's pages."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from sapar.accounts.models import User
from sapar.audit.queries import timeline
from sapar.directory.models import Course, Enrolment, Organisation, Person, Unit
from sapar.directory.services.organisations import NameEntry, add_organisation, merge_organisation
from sapar.directory.services.people import PersonEntry, add_person
from sapar.directory.states import NameKind, Scheme
from sapar.partners.services.partnerships import begin_partnership
from tests.cast import NOW, Cast, signed_in
from tests.story import student

PEOPLE, ORGANISATIONS, UNITS, COURSES = (
    f"/o/alatoo/{room}/" for room in ("people", "organisations", "units", "courses")
)


def person(
    cast: Cast, surname: str = "Dzhumagulov", given: str = "Khamid", local: str = "Жумагулов Хамид"
) -> Person:
    local_surname, local_given = local.split()
    entry = PersonEntry(
        passport_surname=surname,
        passport_given=given,
        citizenship="KG",
        passport_number="AC1234567",
        local_names=[{"language": "ky", "surname": local_surname, "given": local_given, "patronymic": ""}],
    )
    return add_person(entry, office=cast.office, by=cast.officer, at=NOW)


def own(cast: Cast, name: str = "Osh State Univercity", *, office: str = "own") -> Organisation:
    return add_organisation(
        office=cast.office if office == "own" else cast.other_office, name=name, country_code="KG", city="Osh",
        names=[NameEntry(NameKind.LABEL, "Ош мамлекеттик университети", "ky"), NameEntry(NameKind.FORMER, "Old Name")],
        identifiers={Scheme.ERASMUS: "KG OSH01"} if office == "own" else None,
        by=cast.officer if office == "own" else cast.other_officer, at=NOW,
    )  # fmt: skip


def shared(cast: Cast, name: str = "Osh State University") -> Organisation:
    organisation = add_organisation(
        office=cast.office, name=name, country_code="KG", city="Osh", by=cast.officer, at=NOW
    )
    Organisation.objects.filter(pk=organisation.pk).update(office=None)
    return Organisation.objects.get(pk=organisation.pk)


@pytest.mark.parametrize("rows", [1, 3])
def test_people_ask_the_same_questions_however_many_rows(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        student(cast, f"Name{number}", "3.5")
    client = signed_in(cast.officer)
    # session, user, roles with their offices; count, rows, enrolments with units, saved views
    with django_assert_num_queries(7):
        assert client.get(PEOPLE).content.decode().count('<tr role="row">') == rows + 1


@pytest.mark.parametrize("rows", [1, 3])
def test_organisations_ask_the_same_questions_however_many_rows(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Organisation.objects.all().update(office=cast.other_office)
    for number in range(rows):
        shared(cast, f"University {number}")
    client = signed_in(cast.officer)
    # session, user, roles with their offices; count, rows, saved views
    with django_assert_num_queries(6):
        assert client.get(ORGANISATIONS).content.decode().count('<tr role="row">') == rows + 1


@pytest.mark.parametrize("rows", [1, 3])
def test_units_and_courses_ask_the_same_questions_however_many_rows(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Unit.objects.exclude(pk=cast.medicine.pk).delete()
    for number in range(rows):
        part = Unit.objects.create(
            office=cast.office, kind="department", name=f"D{number}", parent=cast.medicine
        )
        Course.objects.create(
            office=cast.office, unit=part, programme="P", code=str(number), title="T", credits=5
        )
    client = signed_in(cast.officer)
    with django_assert_num_queries(6):
        assert client.get(UNITS).content.decode().count('<tr role="row">') == rows + 2
    with django_assert_num_queries(6):
        assert client.get(COURSES).content.decode().count('<tr role="row">') == rows + 1


@pytest.mark.parametrize("words", ["Жумагулов", "dzhumagulov", "jumagulov hamid", "Khamid"])
def test_people_are_found_in_any_script(cast: Cast, words: str) -> None:
    person(cast)
    person(cast, "Asanova", "Aigerim", "Асанова Айгерим")
    html = signed_in(cast.officer).get(PEOPLE, {"q": words}).content.decode()
    assert "Dzhumagulov Khamid" in html
    assert "Asanova Aigerim" not in html


def test_people_are_narrowed_by_faculty_and_citizenship(cast: Cast) -> None:
    student(cast, "Medic", "3")
    student(cast, "Economist", "3", unit="ECO")
    client = signed_in(cast.officer)
    html = client.get(PEOPLE, {"faculty": cast.medicine.pk}).content.decode()
    assert "Demo Medic" in html
    assert "Demo Economist" not in html
    person(cast)
    html = client.get(PEOPLE, {"citizenship": "KG"}).content.decode()
    assert "Dzhumagulov Khamid" in html
    assert "Demo Medic" not in html


def test_person_shows_all_names_and_hides_the_passport_number(cast: Cast) -> None:
    found = person(cast)
    html = signed_in(cast.officer).get(f"{PEOPLE}{found.pk}/").content.decode()
    assert "Dzhumagulov" in html
    assert "Жумагулов Хамид" in html
    assert "AC1234567" not in html
    assert [entry.action for entry in timeline(found)] == ["directory.person.added"]


def test_passport_number_is_shown_on_a_click_and_the_reading_recorded(cast: Cast) -> None:
    found = person(cast)
    answer = signed_in(cast.officer).post(f"{PEOPLE}{found.pk}/passport/")
    assert "AC1234567" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    entry = timeline(found)[0]
    assert (entry.action, entry.user) == ("directory.person.passport_read", cast.officer)
    assert "AC1234567" not in str(entry.data)


def test_reader_sees_the_person_but_not_the_number(cast: Cast) -> None:
    found = person(cast)
    client = signed_in(cast.reader)
    assert "Show the number" not in client.get(f"{PEOPLE}{found.pk}/").content.decode()
    assert client.post(f"{PEOPLE}{found.pk}/passport/").status_code == 403
    assert timeline(found).count() == 1


def filled(**more: str) -> dict[str, str]:
    return {"passport_surname": "SUKARNO", "passport_given": "", "language": "en", **more}


def test_mononym_is_added_letter_by_letter(cast: Cast) -> None:
    answer = signed_in(cast.officer).post(f"{PEOPLE}new/", filled())
    added = Person.objects.get()
    assert answer["Location"] == f"{PEOPLE}{added.pk}/"
    assert (added.passport_surname, added.passport_given, added.display_name) == ("SUKARNO", "", "SUKARNO")


def test_name_that_mixes_two_scripts_is_refused_and_kept_in_the_form(cast: Cast) -> None:
    mixed = "Аsanov"  # the first letter is Cyrillic
    answer = signed_in(cast.officer).post(f"{PEOPLE}new/", filled(passport_surname=mixed))
    assert answer.status_code == 422
    assert mixed in answer.content.decode()
    assert not Person.objects.exists()


def test_changed_name_keeps_the_former_one_and_the_passport_number(cast: Cast) -> None:
    found = person(cast, "Asanova", "Aigerim", "Асанова Айгерим")
    client = signed_in(cast.officer)
    assert "AC1234567" not in client.get(f"{PEOPLE}{found.pk}/change/").content.decode()
    client.post(
        f"{PEOPLE}{found.pk}/change/",
        filled(
            passport_surname="Bekova",
            passport_given="Aigerim",
            document="Marriage certificate 12",
            citizenship="KG",
        ),
    )
    found.refresh_from_db()
    assert (found.passport_surname, found.passport_number) == ("Bekova", "AC1234567")
    html = client.get(f"{PEOPLE}{found.pk}/").content.decode()
    assert "Asanova Aigerim" in html
    assert "Marriage certificate 12" in html
    assert "Bekova Aigerim" in client.get(PEOPLE, {"q": "Асанова"}).content.decode()


def test_coordinator_sees_only_students_of_the_own_faculty(cast: Cast) -> None:
    mine = student(cast, "Medic", "3").person
    other = student(cast, "Economist", "3", unit="ECO").person
    client = signed_in(cast.coordinator)
    assert "Demo Economist" not in client.get(PEOPLE).content.decode()
    assert client.get(f"{PEOPLE}{mine.pk}/").status_code == 200
    assert client.get(f"{PEOPLE}{other.pk}/").status_code == 404
    assert client.get(f"{PEOPLE}{mine.pk}/change/").status_code == 403


def test_organisation_shows_names_identifiers_and_partnership(cast: Cast) -> None:
    organisation = own(cast)
    client = signed_in(cast.officer)
    html = client.get(f"{ORGANISATIONS}{organisation.pk}/").content.decode()
    assert "Ош мамлекеттик университети" in html
    assert "former name" in html
    assert '<dd class="identifier">KG OSH01</dd>' in html
    assert "Make it a partner" in html
    begin_partnership(organisation, office=cast.office, by=cast.officer, at=NOW)
    html = client.get(f"{ORGANISATIONS}{organisation.pk}/").content.decode()
    assert "Make it a partner" not in html
    assert "Partnership" in html


def test_own_organisation_is_changed_and_its_name_kept_as_a_former_one(cast: Cast) -> None:
    organisation = own(cast)
    client = signed_in(cast.officer)
    data = {
        "name": "Osh University", "kind": "university", "country_code": "KG", "city": "Osh",
        "labels": "ru: Ошский университет", "former": "Old Name", "acronyms": "OSU\nОшУ",
    }  # fmt: skip
    assert client.post(f"{ORGANISATIONS}{organisation.pk}/change/", data).status_code == 302
    organisation.refresh_from_db()
    names = {(name.kind, name.language, name.name) for name in organisation.names.all()}
    assert names == {
        ("official", "", "Osh University"), ("label", "ru", "Ошский университет"), ("former", "", "Old Name"),
        ("former", "", "Osh State Univercity"), ("acronym", "", "OSU"), ("acronym", "", "ОшУ"),
    }  # fmt: skip
    assert "Osh University" in client.get(ORGANISATIONS, {"q": "univercity"}).content.decode()


def test_shared_organisation_is_not_changed_by_an_office(cast: Cast) -> None:
    organisation = shared(cast)
    assert signed_in(cast.officer).get(f"{ORGANISATIONS}{organisation.pk}/change/").status_code == 403


def test_duplicate_is_offered_merged_and_separated(cast: Cast) -> None:
    heir, duplicate = shared(cast), own(cast)
    client = signed_in(cast.officer)
    html = client.get(f"{ORGANISATIONS}duplicates/").content.decode()
    assert "Osh State Univercity" in html
    assert "They are one: merge" in html
    assert "May be the same as" in client.get(f"{ORGANISATIONS}{duplicate.pk}/").content.decode()
    client.post(f"{ORGANISATIONS}{duplicate.pk}/merge/", {"into": heir.pk})
    duplicate.refresh_from_db()
    assert duplicate.merged_into == heir
    assert "stands for it today" in client.get(f"{ORGANISATIONS}{duplicate.pk}/").content.decode()
    assert "Stands also for" in client.get(f"{ORGANISATIONS}{heir.pk}/").content.decode()
    assert "Osh State Univercity" not in client.get(ORGANISATIONS).content.decode()
    client.post(f"{ORGANISATIONS}{duplicate.pk}/separate/")
    duplicate.refresh_from_db()
    assert duplicate.merged_into is None
    assert "Osh State Univercity" in client.get(ORGANISATIONS).content.decode()


def test_organisation_of_another_office_does_not_exist(cast: Cast) -> None:
    foreign, heir = own(cast, "Foreign Secret Academy", office="other"), shared(cast)
    client = signed_in(cast.officer)
    for path in ("", "change/"):
        assert client.get(f"{ORGANISATIONS}{foreign.pk}/{path}").status_code == 404
    assert client.post(f"{ORGANISATIONS}{foreign.pk}/merge/", {"into": heir.pk}).status_code == 404
    assert client.post(f"{ORGANISATIONS}{own(cast).pk}/merge/", {"into": foreign.pk}).status_code == 404
    assert "Foreign Secret Academy" not in client.get(ORGANISATIONS).content.decode()
    merge_organisation(foreign, into=heir, by=cast.other_officer, at=NOW)
    assert "Foreign Secret Academy" not in client.get(f"{ORGANISATIONS}{heir.pk}/").content.decode()
    for text, found in (("foreign secret", 0), ("osh state", 2)):
        assert client.get(ORGANISATIONS, {"q": text}).context["list"].count == found


def test_faculty_is_added_and_changed(cast: Cast) -> None:
    client = signed_in(cast.officer)
    data = {"name": "Faculty of Law", "kind": "faculty", "code": "LAW", "name_ky": "Юридика факультети"}
    client.post(f"{UNITS}new/", data)
    unit = Unit.objects.get(code="LAW")
    assert unit.names == {"ky": "Юридика факультети"}
    again = client.post(f"{UNITS}new/", {**data, "name": "Another"})
    assert again.status_code == 422
    assert "already belongs to" in again.content.decode()
    client.post(f"{UNITS}{unit.pk}/change/", {**data, "name": "School of Law", "parent": cast.medicine.pk})
    unit.refresh_from_db()
    assert (unit.name, unit.parent) == ("School of Law", cast.medicine)
    inside = client.post(
        f"{UNITS}{cast.medicine.pk}/change/", {"name": "M", "kind": "faculty", "parent": unit.pk}
    )
    assert "cannot be a part of itself" in inside.content.decode()


def courses_file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("courses.csv", text.encode())


def test_courses_are_taken_and_renewed(cast: Cast) -> None:
    client = signed_in(cast.officer)
    address = f"{UNITS}{cast.medicine.pk}/courses/"
    first = "Код;Дисциплина;Кредиты;Курс\nANA1;Анатомия;6;1\nHIS1;Гистология;4,5;1\n"
    answer = client.post(address, {"programme": "General medicine", "file": courses_file(first)})
    assert answer.status_code == 302
    assert Course.objects.count() == 2
    second = "code,title,credits\nANA1,Anatomy I,7\nBIO1,Biology,3\n"
    client.post(address, {"programme": "General medicine", "file": courses_file(second)})
    assert {(c.code, c.title, float(c.credits)) for c in Course.objects.all()} == {
        ("ANA1", "Anatomy I", 7.0), ("HIS1", "Гистология", 4.5), ("BIO1", "Biology", 3.0),
    }  # fmt: skip
    assert "General medicine" in client.get(f"{UNITS}{cast.medicine.pk}/").content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,title,credits\nA,Anatomy,six\nA,Again,5\nB,,0\n", "stands twice in the list"),
        ("code,title\nA,Anatomy\n", "the columns credits are missing"),
        ("", "The submitted file is empty"),
    ],
)
def test_wrong_list_of_courses_takes_nothing_and_says_why(cast: Cast, text: str, said: str) -> None:
    address = f"{UNITS}{cast.medicine.pk}/courses/"
    answer = signed_in(cast.officer).post(address, {"programme": "P", "file": courses_file(text)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Course.objects.exists()


def addresses(cast: Cast) -> dict[str, str]:
    enrolment: Enrolment = student(cast, "Medic", "3")
    organisation = own(cast)
    return {
        "people": PEOPLE,
        "person": f"{PEOPLE}{enrolment.person_id}/",
        "new person": f"{PEOPLE}new/",
        "change person": f"{PEOPLE}{enrolment.person_id}/change/",
        "organisations": ORGANISATIONS,
        "organisation": f"{ORGANISATIONS}{organisation.pk}/",
        "new organisation": f"{ORGANISATIONS}new/",
        "change organisation": f"{ORGANISATIONS}{organisation.pk}/change/",
        "duplicates": f"{ORGANISATIONS}duplicates/",
        "units": UNITS,
        "unit": f"{UNITS}{cast.medicine.pk}/",
        "new unit": f"{UNITS}new/",
        "change unit": f"{UNITS}{cast.medicine.pk}/change/",
        "import courses": f"{UNITS}{cast.medicine.pk}/courses/",
        "courses": COURSES,
    }


WRITING = {"new person", "change person", "new organisation", "change organisation", "duplicates", "new unit",
           "change unit", "import courses"}  # fmt: skip


def test_each_role_opens_what_it_may_and_nothing_else(cast: Cast) -> None:
    pages = addresses(cast)

    def statuses(user: User) -> dict[str, int]:
        client = signed_in(user)
        return {name: client.get(address).status_code for name, address in pages.items()}

    for user in (cast.officer, cast.administrator):
        assert set(statuses(user).values()) == {200}
    for user in (cast.reader, cast.lawyer, cast.vice_rector, cast.rector, cast.coordinator):
        assert statuses(user) == {name: 403 if name in WRITING else 200 for name in pages}
    for user in (cast.nobody, cast.other_officer):
        assert set(statuses(user).values()) == {404}
