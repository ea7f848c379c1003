"""An invented office's sheet of signed agreements, as untidy as such sheets are; all names are made up."""

from __future__ import annotations

from sapar.directory.models import Organisation
from sapar.directory.services.organisations import NameEntry, add_organisation
from sapar.directory.states import NameKind
from sapar.formats.tables import write_xlsx
from sapar.partners.services.partnerships import begin_partnership
from tests.cast import NOW, Cast

COLUMNS = (
    "№ п/п", "ВУЗ-партнёр", "Страна", "Вид договора", "№ договора", "Дата подписания", "Срок действия", "Пролонгация",
    "Статус", "Факультет", "Факультет партнёра", "Подписал", "Подписал от партнёра", "Контактное лицо", "Учебный год",
    "Направление мобильности", "Кол-во мест", "Месяцев", "Уровень", "Область образования", "Язык", "Примечание",
)  # fmt: skip
Line = dict[str, str]


def line(
    partner: str, kind: str = "", number: str = "", signed: str = "", term: str = "", **more: str
) -> Line:
    names = {
        "renewal": "Пролонгация", "status": "Статус", "faculty": "Факультет", "their_faculty": "Факультет партнёра",
        "ours": "Подписал", "theirs": "Подписал от партнёра", "contact": "Контактное лицо", "year": "Учебный год",
        "way": "Направление мобильности", "places": "Кол-во мест", "months": "Месяцев", "level": "Уровень",
        "field": "Область образования", "language": "Язык", "note": "Примечание", "country": "Страна",
    }  # fmt: skip
    head = {
        "ВУЗ-партнёр": partner, "Вид договора": kind, "№ договора": number, "Дата подписания": signed,
        "Срок действия": term,
    }  # fmt: skip
    return {**head, **{names[key]: value for key, value in more.items()}}


DAY = "01.02.2024"


def of(kind: str, number: str, signed: str, term: str, **more: str) -> Line:
    return line("Ankara Demo University", kind, number, signed, term, **more)


TIDY = [
    line("Ankara Demo University", "Договор об академической мобильности", "12/2024", "15 марта 2024 г.", "5 лет",
         renewal="нет", status="действует", faculty="Faculty of Medicine", ours="Ректор Э. Демо",
         theirs="Prof. D. Partner",
         contact="Deniz Partner, deniz@example.org", year="2026/27", way="исходящая", places="2 студента",
         months="1 семестр", level="бакалавриат", field="0912", language="английский B2"),
    line("", year="2026/27", way="входящая", places="2", months="5", level="бакалавр"),
    line("", year="2027/28", way="в обе стороны", places="3", months="10", level="магистратура", field="Медицина"),
    line("АДУ (Анкара)", "Меморандум о взаимопонимании", "M-7", "2019", "бессрочно", note="первый меморандум"),
    line("Bishkek Demo Institute", "Erasmus+ KA171", "2023-1-DE", "01.09.2023", "01.09.2023 – 31.07.2026",
         status="завершён", way="out", places="4", months="5,5 мес.", level="master"),
    line("Bishkek Demo Institute", "кызматташуу келишими", "б/н", "12.05.2021", "5 лет", renewal="ооба, 1 жыл"),
    line("Tashkent Demo University", "hamkorlik shartnomasi", "45", "2022 yil 3 mart", "5 yil", status="amalda"),
    line("Tashkent Demo University", "Меморандум", "46", "03.03.2018", "5 лет", status="расторгнут"),
    line("Almaty Demo University", "Ынтымақтастық туралы келісім", "KZ-3", "20.10.2024", "мерзімсіз",
         faculty="барлық факультет"),
    line("Almaty Demo University", "Двойной диплом", "KZ-4", "сентябрь 2025 г.", "до 31.08.2030",
         places="5", way="исходящая", months="1 год", level="бакалавриат, магистратура", field="логистика",
         language="ru C1"),
]  # fmt: skip
BAD = [
    (line("Nowhere Demo College", "Меморандум", "N-1", DAY, "5 лет"), "ВУЗ-партнёр", "partner_open"),
    (of("акт", "A-1", DAY, "5 лет"), "Вид договора", "kind_open"),
    (of("", "A-2", DAY, "5 лет"), "Вид договора", "no_kind"),
    (of("Договор", "A-3", "весной", "5 лет"), "Дата подписания", "no_date"),
    (of("Договор", "A-4", "31.02.2024", "5 лет"), "Дата подписания", "no_date"),
    (of("Договор", "A-5", "", "5 лет"), "Дата подписания", "no_signed"),
    (of("Договор", "A-6", "01.02.2024", ""), "Срок действия", "no_end"),
    (of("Договор", "A-7", "01.02.2024", "01.01.2020"), "Срок действия", "wrong_order"),
    (of("Договор", "A-8", "01.02.2030", "5 лет"), "Дата подписания", "signed_later"),
    (of("Договор", "A-9", "01.02.2015", "5 лет", status="действует"), "Статус", "over_by_days"),
    (of("Договор", "A-10", DAY, "5 лет", status="истёк"), "Статус", "not_over_by_days"),
    (of("Договор", "A-11", DAY, "5 лет", status="на подписании"), "Статус", "not_signed"),
    (of("Договор", "A-12", DAY, "5 лет", status="хорошо"), "Статус", "no_status"),
    (of("Договор", "A-13", DAY, "5 лет", renewal="может быть"), "Пролонгация", "no_renewal"),
    (of("Договор", "A-14", DAY, "5 лет", faculty="Факультет магии"), "Факультет", "no_faculty"),
    (of("Договор", "A-15", DAY, "5 лет", contact="deniz@@example"), "Контактное лицо", "no_email"),
    (of("Обмен", "A-16", DAY, "5 лет", places="2-3"), "Кол-во мест", "no_places"),
    (of("Обмен", "A-17", DAY, "5 лет", places="2", way="туда"), "Направление мобильности", "no_direction"),
    (of("Обмен", "A-18", DAY, "5 лет", places="2", months="долго"), "Месяцев", "no_months"),
    (of("Обмен", "A-19", DAY, "5 лет", places="2", year="позже"), "Учебный год", "no_years"),
    (of("Обмен", "A-20", DAY, "5 лет", places="2", year="2035/36"), "Учебный год", "year_outside"),
    (of("Обмен", "A-21", DAY, "5 лет", places="2", level="школа"), "Уровень", "no_level"),
    (of("Обмен", "A-22", DAY, "5 лет", places="2", field="9876"), "Область образования", "no_field"),
    (of("Обмен", "A-23", DAY, "5 лет", places="2", language="клингонский"), "Язык", "no_language"),
    (of("Договор", "A-24", "#REF!", "5 лет"), "Дата подписания", "failed_formula"),
    (line("12345", "Договор", "A-25", DAY, "5 лет"), "ВУЗ-партнёр", "no_partner"),
]  # fmt: skip


def many(count: int, first: int = 1) -> list[Line]:
    """Plain agreements of the four partners, with places."""
    partners = (
        "Ankara Demo University",
        "Bishkek Demo Institute",
        "Tashkent Demo University",
        "Almaty Demo University",
    )
    return [
        line(partners[n % 4], "Договор об обмене студентами", f"{n}/2025", f"{n % 27 + 1:02d}.02.2025", "5 лет",
             way="исходящая", places=str(n % 3 + 1), months="5", level="бакалавриат")
        for n in range(first, first + count)
    ]  # fmt: skip


def whole() -> list[Line]:
    """About sixty rows: tidy ones, bad ones and the usual ones between."""
    return [*TIDY, *(bad for bad, _column, _reason in BAD), *many(24)]


def workbook(lines: list[Line]) -> bytes:
    """With a title above the table, as offices have it."""
    rows = [
        [str(at), *(cells.get(column, "") for column in COLUMNS[1:])] for at, cells in enumerate(lines, 1)
    ]
    blank = [""] * (len(COLUMNS) - 1)
    title = ["Перечень договоров университета на 2026 год", *blank]
    return write_xlsx({"Договоры": (title, [["", *blank], COLUMNS, *rows])})


FIRST_ROW = 4
"""The row of the workbook in which the first agreement stands."""


def partners(cast: Cast) -> dict[str, Organisation]:
    """Three partners of the office, and one that only the directory knows."""
    made = {}
    for name, country, city, other in (
        ("Ankara Demo University", "TR", "Ankara", ("АДУ (Анкара)", NameKind.LABEL)),
        ("Bishkek Demo Institute", "KG", "Bishkek", ("Бишкекский демонстрационный институт", NameKind.LABEL)),
        ("Tashkent Demo University", "UZ", "Tashkent", ("TDU", NameKind.ACRONYM)),
        ("Almaty Demo University", "KZ", "Almaty", ("Алматы демо университеті", NameKind.LABEL)),
    ):
        made[name] = add_organisation(
            office=cast.office, name=name, country_code=country, city=city,
            names=[NameEntry(other[1], other[0])], by=cast.officer, at=NOW,
        )  # fmt: skip
    for name in list(made)[:3]:
        begin_partnership(made[name], office=cast.office, by=cast.officer, at=NOW)
    return made
