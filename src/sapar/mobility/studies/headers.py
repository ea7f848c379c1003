"""Column names as student systems of the region write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sapar.directory.states import Level

STUDENT_HEADERS: Mapping[str, tuple[str, ...]] = {
    "student_number": (
        "student number",
        "student id",
        "student no",
        "id",
        "номер студента",
        "номер студенческого билета",
        "студенческий билет",
        "id студента",
        "шифр",
        "зачётная книжка",
        "номер зачётной книжки",
        "студенттин номери",
        "студенттик билет",
        "студент номери",
        "студент нөмірі",
        "студент билеті",
        "talaba raqami",
        "talaba id",
        "talaba idsi",
    ),
    "surname": (
        "surname",
        "last name",
        "family name",
        "фамилия",
        "фамилиясы",
        "тегі",
        "familiya",
        "familiyasi",
        "passport surname",
    ),
    "given": (
        "given name",
        "given names",
        "first name",
        "name",
        "имя",
        "аты",
        "аты жөнү",
        "есімі",
        "ism",
        "ismi",
        "passport given",
    ),
    "email": (
        "e-mail",
        "email",
        "mail",
        "почта",
        "эл. почта",
        "электронная почта",
        "электрондук почта",
        "электрондық пошта",
        "elektron pochta",
    ),
    "unit": (
        "faculty",
        "school",
        "department",
        "институт",
        "факультет",
        "факультети",
        "факультеті",
        "fakultet",
        "fakulteti",
    ),
    "programme": (
        "programme",
        "program",
        "study programme",
        "speciality",
        "специальность",
        "направление",
        "направление подготовки",
        "образовательная программа",
        "адистик",
        "адистиги",
        "багыты",
        "мамандық",
        "мамандығы",
        "mutaxassislik",
        "yoʻnalish",
        "yo'nalish",
        "ta'lim yo'nalishi",
    ),
    "isced_f": ("isced", "isced-f", "iscedf", "field", "код направления", "мско"),
    "level": (
        "level",
        "degree",
        "cycle",
        "уровень",
        "степень",
        "уровень обучения",
        "деңгээл",
        "деңгээли",
        "деңгейі",
        "bosqich",
        "daraja",
    ),
    "year_of_study": ("year", "year of study", "course year", "курс", "курсу", "kurs", "kursi"),
    "gpa": (
        "gpa",
        "average",
        "average grade",
        "средний балл",
        "ср. балл",
        "ср.балл",
        "орточо балл",
        "орташа балл",
        "oʻrtacha ball",
        "o'rtacha ball",
    ),
    "debts": (
        "debts",
        "academic debts",
        "задолженности",
        "академические задолженности",
        "долги",
        "карыздар",
        "академиялык карыз",
        "академиялық қарыз",
        "qarzlar",
        "akademik qarz",
    ),
}
COURSE_HEADERS: Mapping[str, tuple[str, ...]] = {
    "code": (
        "code",
        "course code",
        "код",
        "код дисциплины",
        "шифр дисциплины",
        "дисциплинанын коду",
        "пән коды",
        "fan kodi",
        "kod",
    ),
    "title": (
        "title",
        "course",
        "course title",
        "дисциплина",
        "название",
        "название дисциплины",
        "предмет",
        "дисциплинанын аталышы",
        "сабак",
        "пән",
        "пән атауы",
        "fan",
        "fan nomi",
    ),
    "credits": (
        "credits",
        "ects",
        "кредиты",
        "кредит",
        "зачётные единицы",
        "зе",
        "кредиттер",
        "кредит саны",
        "kreditlar",
        "kredit",
    ),
    "unit": STUDENT_HEADERS["unit"],
    "programme": STUDENT_HEADERS["programme"],
    "year_of_study": STUDENT_HEADERS["year_of_study"],
    "term": ("term", "semester", "семестр", "semestr"),
}
LEVELS: Mapping[str, Level] = {
    **{level.value: level for level in Level},
    "бакалавр": Level.BACHELOR,
    "бакалавриат": Level.BACHELOR,
    "bakalavr": Level.BACHELOR,
    "bakalavriat": Level.BACHELOR,
    "bsc": Level.BACHELOR,
    "ba": Level.BACHELOR,
    "магистр": Level.MASTER,
    "магистратура": Level.MASTER,
    "magistr": Level.MASTER,
    "magistratura": Level.MASTER,
    "msc": Level.MASTER,
    "ma": Level.MASTER,
    "phd": Level.DOCTORATE,
    "докторантура": Level.DOCTORATE,
    "доктор phd": Level.DOCTORATE,
    "аспирантура": Level.DOCTORATE,
    "doktorantura": Level.DOCTORATE,
}


def folded(text: str) -> str:
    """Without case, ё, apostrophes of any kind and signs at the ends."""
    plain = text.casefold().replace("ё", "е").replace("№", " ")
    plain = re.sub(r"[ʻʼ’‘`´']", "'", plain)
    return " ".join(re.sub(r"[_:*.\s]+", " ", plain).split())


def columns_of(found: Iterable[str], headers: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """field → name of the column in the file; the first column that fits wins."""
    known = {folded(name): field for field, names in headers.items() for name in names}
    columns: dict[str, str] = {}
    for column in found:
        field = known.get(folded(column))
        if field is not None:
            columns.setdefault(field, column)
    return columns
