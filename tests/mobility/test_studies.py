"""Sheets of the student system: headers in five languages, partial rows, refused rows, curricula."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sapar.core.errors import NotAllowed
from sapar.directory.models import Course, Enrolment, Person
from sapar.files.errors import FileTypeRefused
from sapar.files.models import StoredFile
from sapar.formats.tables import read_table, write_xlsx
from sapar.mobility.errors import SheetUnreadable
from sapar.mobility.services.studies import keep_sheet, take_sheet
from sapar.mobility.studies.reading import Sheet, read_sheet, refused_file
from tests.cast import NOW, Cast
from tests.story import student


def take(cast: Cast, text: str, name: str = "sheet.csv") -> Sheet:
    kept = keep_sheet(text.encode(), name, office=cast.office, by=cast.officer, at=NOW)
    return take_sheet(kept, by=cast.officer, at=NOW)


@pytest.mark.parametrize(
    "header",
    [
        "Номер студента;Фамилия;Имя;Факультет;Специальность;Уровень;Курс;Средний балл;Задолженности",
        "Студенттин номери;Фамилиясы;Аты;Факультети;Адистиги;Деңгээли;Курсу;Орточо балл;Карыздар",
        "Студент нөмірі;Тегі;Есімі;Факультеті;Мамандығы;Деңгейі;Курс;Орташа балл;Академиялық қарыз",
        "Talaba raqami;Familiyasi;Ismi;Fakulteti;Mutaxassislik;Daraja;Kursi;Oʻrtacha ball;Qarzlar",
        "Student number;Surname;Given name;Faculty;Programme;Level;Year of study;GPA;Debts",
    ],
)
def test_headers_of_five_languages_are_found(cast: Cast, header: str) -> None:
    header = header.replace(";Академиялық қарыз", ";Академиялық қарыз")
    sheet = take(cast, f"{header}\nS-1;Demova;Aida;MED;General medicine;бакалавр;3;3,75;1\n")
    assert (sheet.kind, sheet.new, sheet.refused) == ("students", 1, [])
    row = Enrolment.objects.get(student_number="S-1")
    assert (row.gpa, row.debts, row.year_of_study, row.level) == (Decimal("3.75"), 1, 3, "bachelor")
    assert row.unit == cast.medicine
    assert row.person.display_name == "Aida Demova"


def test_what_the_sheet_does_not_say_stays_on_record(cast: Cast) -> None:
    before = student(cast, "Best", "3.10", number="S-9")
    sheet = take(cast, "номер студента,gpa\nS-9,3.9\n")
    assert (sheet.taken, sheet.new) == (1, 0)
    after = Enrolment.objects.get(pk=before.pk)
    assert after.gpa == Decimal("3.90")
    assert (after.year_of_study, after.programme, after.unit_id) == (3, "General medicine", cast.medicine.pk)
    assert after.person.display_name == "Best Demo"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Demova,MED,P,bachelor,3,3.5", "student number is missing"),
        ("S-2,Demova,LAW,P,bachelor,3,3.5", "no faculty “LAW”"),
        ("S-2,Demova,MED,P,wizard,3,3.5", "level “wizard”"),
        ("S-2,Demova,MED,P,bachelor,third,3.5", "“third” is not a whole number"),
        ("S-2,Demova,MED,P,bachelor,3,excellent", "“excellent” is not a number"),
        ("S-2,Demova,MED,P,bachelor,3,-1", "is not between 0 and 100"),
        ("S-2,Demova,MED,P,bachelor,3,NaN", "is not between 0 and 100"),
        ("S-2,,MED,P,bachelor,3,3.5", "a new student also needs: surname"),
        ("S-1,Twice,MED,P,bachelor,3,3.5", "stands in the sheet before"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_others_are_taken(
    cast: Cast, row: str, reason: str
) -> None:
    head = "student number,surname,faculty,programme,level,year,gpa"
    sheet = take(cast, f"{head}\nS-1,Demova,MED,P,bachelor,3,3.5\n{row}\n")
    assert Enrolment.objects.filter(office=cast.office).count() == 1
    assert len(sheet.refused) == 1
    assert reason in sheet.refused[0].reason
    assert sheet.refused[0].row == 3
    back = read_table(refused_file(sheet))
    assert reason in back.rows[0]["why it was not taken"]


def test_a_row_with_a_cell_behind_the_last_column_is_refused_with_it(cast: Cast) -> None:
    """3,30 without quotes would be a GPA of 3."""
    student(cast, "Best", "3.10", number="S-9")
    sheet = read_sheet(b"student number,gpa\nS-9,3,30\n", "x.csv", cast.office)
    (refused,) = sheet.refused
    assert (sheet.students, refused.row) == ([], 2)
    assert "“gpa”" in refused.reason
    assert "“30”" in refused.reason


def test_a_curriculum_is_taken_and_taken_again_without_change(cast: Cast) -> None:
    text = (
        "Факультет,Специальность,Код,Дисциплина,Кредиты,Семестр\n"
        'Faculty of Medicine,General medicine,ANA1,Анатомия,"6,5",1\n'
        "Faculty of Medicine,General medicine,HIS1,Гистология,0,1\n"
    )
    for _time in range(2):
        sheet = take(cast, text)
        assert (sheet.kind, sheet.taken, len(sheet.refused)) == ("courses", 1, 1)
    course = Course.objects.get()
    assert (course.code, course.credits, course.term, course.unit) == (
        "ANA1",
        Decimal("6.50"),
        1,
        cast.medicine,
    )


def test_xlsx_with_a_title_above_the_header_is_read(cast: Cast) -> None:
    content = write_xlsx(
        {
            "Лист1": (
                ("Ведомость", "", ""),
                [("№ студента", "", ""), ("Номер студента", "GPA", "Курс"), ("S-9", "3.3", "4")],
            )
        }
    )
    student(cast, "Best", "3.10", number="S-9")
    assert read_sheet(content, "x.xlsx", cast.office).students[0].gpa == Decimal("3.30")


def test_a_file_that_is_no_such_sheet_is_refused_and_not_kept(cast: Cast) -> None:
    for content, error in (
        (b"just,some\nother,table\n", SheetUnreadable),
        (b"%PDF-1.7 not a table", FileTypeRefused),
    ):
        with pytest.raises(error):
            keep_sheet(content, "x.csv", office=cast.office, by=cast.officer, at=NOW)
    assert not StoredFile.objects.exists()


def test_only_the_office_takes_sheets_and_students_of_others_are_not_touched(cast: Cast) -> None:
    student(cast, "Best", "3.10", number="S-9")
    with pytest.raises(NotAllowed):
        keep_sheet(b"student number,gpa\nS-9,4\n", "x.csv", office=cast.office, by=cast.reader, at=NOW)
    kept = keep_sheet(
        b"student number,gpa\nS-9,4\n", "x.csv", office=cast.other_office, by=cast.other_officer, at=NOW
    )
    sheet = take_sheet(kept, by=cast.other_officer, at=NOW)
    assert sheet.taken == 0
    assert "a new student also needs" in sheet.refused[0].reason
    assert Enrolment.objects.get(student_number="S-9").gpa == Decimal("3.10")
    assert Person.objects.filter(office=cast.other_office).count() == 0
