"""What a list of stays may hold, and how offices of the region call it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sapar.mobility.states import Term


class StayField(TextChoices):
    """What a column may hold."""

    NAME = "name", _("Whole name")
    SURNAME = "surname", _("Surname")
    GIVEN = "given", _("Given names")
    STUDENT_NUMBER = "student_number", _("Student number")
    EMAIL = "email", _("E-mail")
    BIRTH_DATE = "birth_date", _("Date of birth")
    CITIZENSHIP = "citizenship", _("Citizenship")
    HOST = "host", _("Partner university")
    COUNTRY = "country", _("Country of the partner")
    DIRECTION = "direction", _("Direction")
    KIND = "kind", _("Kind")
    YEAR = "year", _("Academic year")
    TERM = "term", _("Term")
    FROM = "first", _("From")
    TO = "last", _("Until")
    FACULTY = "faculty", _("Faculty")
    PROGRAMME = "programme", _("Programme")
    LEVEL = "level", _("Level")
    FIELD = "isced_f", _("Field (ISCED-F)")
    STUDIED = "studied", _("Credits passed")
    RECOGNISED = "recognised", _("Credits recognised")


_F = StayField
CALLED: Mapping[str, tuple[str, ...]] = {
    _F.NAME: (
        "name", "full name", "student", "student name", "participant", "фио", "ф и о", "фио студента", "студент",
        "участник", "аты жөнү", "студенттин аты жөнү", "аты жөні", "студенттің аты жөні", "talaba", "f i sh", "fish",
    ),
    _F.SURNAME: ("surname", "last name", "family name", "фамилия", "фамилиясы", "тегі", "familiya", "familiyasi"),
    _F.GIVEN: ("given names", "given name", "first name", "имя", "аты", "есімі", "ism", "ismi"),
    _F.STUDENT_NUMBER: (
        "student number", "student id", "student no", "номер студента", "студенческий билет", "номер студбилета",
        "номер зачётной книжки", "студенттин номери", "студент нөмірі", "talaba raqami", "talaba id",
    ),
    _F.EMAIL: ("e-mail", "email", "mail", "эл почта", "электронная почта", "почта", "elektron pochta"),
    _F.BIRTH_DATE: ("date of birth", "birth date", "born", "дата рождения", "туулган күнү", "туған күні",
        "tug'ilgan sana"),
    _F.CITIZENSHIP: ("citizenship", "nationality", "гражданство", "жарандыгы", "азаматтығы", "fuqaroligi"),
    _F.HOST: (
        "partner university", "host university", "partner", "host", "university", "receiving institution",
        "sending institution", "home university", "name of university", "name of partner", "вуз партнёр",
        "принимающий вуз", "отправляющий вуз", "вуз", "партнёр", "университет", "зарубежный вуз", "кабыл алуучу жож",
        "өнөктөш жож", "жож", "қабылдаушы жоо", "серіктес жоо", "жоо", "hamkor universitet", "qabul qiluvchi otm",
        "otm",
    ),
    _F.COUNTRY: ("country", "host country", "страна", "өлкө", "ел", "елі", "davlat", "mamlakat"),
    _F.DIRECTION: (
        "direction", "in/out", "incoming outgoing", "направление мобильности", "вид мобильности", "въезд выезд",
        "багыты", "бағыты", "yo'nalishi",
    ),
    _F.KIND: ("kind of mobility", "kind", "type of mobility", "тип мобильности", "категория", "түрү", "түрі", "turi"),
    _F.YEAR: (
        "academic year", "учебный год", "уч год", "окуу жылы", "оқу жылы", "o'quv yili", "year", "год", "жылы", "yil",
    ),
    _F.TERM: ("term", "semester", "семестр", "жарым жылдык", "semestr", "период"),
    _F.FROM: (
        "from", "start", "start date", "arrival", "begin", "с", "начало", "дата начала", "дата прибытия", "дата выезда",
        "башталышы", "басталуы", "boshlanishi",
    ),
    _F.TO: ("until", "to", "end", "end date", "departure", "по", "до", "конец", "окончание", "дата окончания",
            "дата возвращения", "бүтүшү", "аяқталуы", "tugashi"),
    _F.FACULTY: (
        "faculty", "school", "department", "факультет", "институт", "факультети", "факультеті", "fakultet", "fakulteti",
    ),
    _F.PROGRAMME: ("programme", "program", "study programme", "speciality", "специальность", "направление подготовки",
                   "образовательная программа", "адистик", "адистиги", "мамандық", "мамандығы", "mutaxassislik"),
    _F.LEVEL: ("level", "degree", "cycle", "уровень", "степень", "деңгээл", "деңгейі", "daraja", "bosqich"),
    _F.FIELD: ("isced", "isced-f", "field of study", "мско", "код мско"),
    _F.STUDIED: (
        "credits passed", "credits earned", "credits", "ects", "получено кредитов", "кредиты", "освоено кредитов",
        "кредиттер", "kreditlar",
    ),
    _F.RECOGNISED: ("credits recognised", "recognised credits", "recognised", "перезачтено кредитов", "перезачтено",
                    "перезачтённые кредиты", "таанылган кредиттер", "танылған кредиттер", "tan olingan kreditlar"),
}  # fmt: skip

TERMS: Mapping[str, Term] = {
    word: term
    for term, words in (
        (Term.AUTUMN, "autumn fall winter осень осенний осеннее күз күзгі күзгү күзү kuz kuzgi 1 i первый"),
        (Term.SPRING, "spring summer весна весенний весеннее жаз жазгы көктем көктемгі bahor bahorgi 2 ii второй"),
        (Term.YEAR, "year full whole год учебный весь годовой жыл yil"),
    )
    for word in words.split()
}  # fmt: skip
