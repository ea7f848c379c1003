"""A list of 400 partners as an office keeps it, over a directory of known institutions: who is who is known.

Every row is invented by one change to a real institution's name (another language, an old name, abbreviation,
capitals, romanisation, a typing error, …), or names somebody the directory lacks. Nothing depends on chance but
where letters are mistyped, which is drawn by a fixed seed.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sapar.formats.registries import Institution, read_register
from sapar.formats.tables import write_xlsx
from sapar.methods.names import transliterate

ROWS = 400
COLUMNS = (
    "№",
    "Наименование партнёра",
    "Страна",
    "Город",
    "Контактное лицо",
    "Эл. почта",
    "Сайт",
    "Примечание",
)


@dataclass(frozen=True)
class MessyRow:
    """`means` is the institution's first name, '' when the directory does not have it; `change` says what was done."""

    name: str
    country: str
    city: str
    website: str
    means: str
    change: str


def directory() -> list[Institution]:
    """The shipped directory and institutions of other countries."""
    shipped = files("sapar.directory.data").joinpath("central_asia.json").read_bytes()
    world = (Path(__file__).parent / "world.json").read_bytes()
    return [*read_register(shipped).institutions, *read_register(world).institutions]


COUNTRY_WORDS = {
    "KG": ("Кыргызстан", "КР", "Kyrgyzstan", "Киргизия"),
    "KZ": ("Казахстан", "РК", "Қазақстан", "Kazakhstan"),
    "UZ": ("Узбекистан", "Oʻzbekiston", "РУз", "Uzbekistan"),
    "TJ": ("Таджикистан", "Тоҷикистон", "Tajikistan"),
    "TM": ("Туркменистан", "Туркмения", "Turkmenistan"),
    "TR": ("Турция", "Turkey", "Türkiye", "Түркия"),
    "RU": ("РФ", "Россия", "Russia", "Российская Федерация"),
    "DE": ("Германия", "ФРГ", "Germany"),
    "PL": ("Польша", "Poland"),
    "CZ": ("Чехия", "Czech Republic"),
    "IT": ("Италия", "Italy"),
    "ES": ("Испания", "Spain"),
    "FR": ("Франция", "France"),
    "LV": ("Латвия", "Latvia"),
    "LT": ("Литва", "Lithuania"),
    "EE": ("Эстония", "Estonia"),
    "SE": ("Швеция", "Sweden"),
    "AT": ("Австрия", "Austria"),
    "CN": ("КНР", "Китай", "China", "Кытай"),
    "KR": ("Южная Корея", "Корея", "Republic of Korea"),
    "JP": ("Япония", "Japan"),
    "IN": ("Индия", "India"),
    "AZ": ("Азербайджан", "Azerbaijan"),
    "BY": ("Беларусь", "Белоруссия"),
    "UA": ("Украина", "Ukraine"),
    "MN": ("Монголия", "Mongolia"),
    "GE": ("Грузия", "Georgia"),
    "MY": ("Малайзия", "Malaysia"),
}
SHORT = (
    ("государственный", "гос."), ("Государственный", "Гос."), ("университет", "ун-т"), ("Университет", "Ун-т"),
    ("институт", "ин-т"), ("имени", "им."), ("технический", "техн."), ("национальный", "нац."),
    ("медицинский", "мед."), ("педагогический", "пед."), ("мамлекеттик", "мам."), ("университети", "ун-ти"),
    ("University", "Univ."), ("National", "Natl."), ("Institute", "Inst."), ("State", "St."),
)  # fmt: skip
# Institutions that the directory lacks; many of them are nearly one that it has.
ABSENT = (
    ("Ошский медицинский университет", "KG"),
    ("Osh International Medical University", "KG"),
    ("Бишкекская международная школа менеджмента", "KG"),
    ("Kyrgyz State University of Geology and Mining", "KG"),
    ("Кыргызско-Узбекский международный университет", "KG"),
    ("Токмокский институт гуманитарных наук", "KG"),
    ("Кыргызско-Германский институт прикладной информатики", "KG"),
    ("Азиатский медицинский институт", "KG"),
    ("Нарынский колледж туризма", "KG"),
    ("International Higher School of Medicine", "KG"),
    ("Kyrgyz-Kuwait University", "KG"),
    ("Жалал-Абадский международный университет", "KG"),
    ("Алматинский технологический университет", "KZ"),
    ("Казахская академия спорта и туризма", "KZ"),
    ("Казахский национальный университет искусств", "KZ"),
    ("Astana IT University", "KZ"),
    ("Карагандинский экономический университет Казпотребсоюза", "KZ"),
    ("Международный университет Астана", "KZ"),
    ("Каспийский общественный университет", "KZ"),
    ("Западно-Казахстанский университет имени М. Утемисова", "KZ"),
    ("Западно-Казахстанский медицинский университет имени Марата Оспанова", "KZ"),
    ("Южно-Казахстанская медицинская академия", "KZ"),
    ("Kazakh-German University", "KZ"),
    ("Ташкентский педиатрический медицинский институт", "UZ"),
    ("Ташкентский архитектурно-строительный университет", "UZ"),
    ("Toshkent davlat transport universiteti", "UZ"),
    ("Самаркандский архитектурно-строительный университет", "UZ"),
    ("Бухарский государственный медицинский институт", "UZ"),
    ("Andijon davlat tibbiyot instituti", "UZ"),
    ("Turin Polytechnic University in Tashkent", "UZ"),
    ("Навоийский государственный педагогический институт", "UZ"),
    ("Fergana Polytechnic Institute", "UZ"),
    ("Наманганский инженерно-технологический институт", "UZ"),
    ("Таджикский государственный институт языков имени Сотима Улугзода", "TJ"),
    ("Филиал МГУ имени М. В. Ломоносова в городе Душанбе", "TJ"),
    ("Бохтарский государственный университет", "TJ"),
    ("Туркменский сельскохозяйственный университет", "TM"),
    ("Ankara Yıldırım Beyazıt Üniversitesi", "TR"),
    ("Istanbul Medipol University", "TR"),
    ("Ege Vocational College of Tourism", "TR"),
    ("Стамбульский университет Айдын", "TR"),
    ("Санкт-Петербургский политехнический университет Петра Великого", "RU"),
    ("Алтайский государственный педагогический университет", "RU"),
    ("Томский государственный архитектурно-строительный университет", "RU"),
    ("Казанский государственный медицинский университет", "RU"),
    ("Московский государственный лингвистический университет", "RU"),
    ("Новосибирский государственный технический университет", "RU"),
    ("Омский государственный университет имени Ф. М. Достоевского", "RU"),
    ("Leipzig University of Applied Sciences", "DE"),
    ("Technische Universität Berlin", "DE"),
    ("Warsaw University of Life Sciences", "PL"),
    ("University of Economics in Krakow", "PL"),
    ("Prague University of Economics and Business", "CZ"),
    ("Xinjiang Agricultural University", "CN"),
    ("Beijing Normal University", "CN"),
    ("Lanzhou Jiaotong University", "CN"),
    ("Seoul National University of Education", "KR"),
    ("Delhi Technological University", "IN"),
    ("Azerbaijan Medical University", "AZ"),
    ("Belarusian National Technical University", "BY"),
)


def typed_wrong(text: str, draw: random.Random) -> str:
    """One letter inside a long word left out, doubled or exchanged with its neighbour."""
    words = list(re.finditer(r"[^\W\d_]{6,}", text))
    if not words:
        return text
    word = draw.choice(words)
    at = draw.randrange(word.start() + 1, word.end() - 2)
    kind = draw.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def shortened(text: str) -> str:
    for whole, short in SHORT:
        text = re.sub(rf"\b{whole}\b", short, text)
    return text


def without_dedication(text: str) -> str:
    """Without "named after …", "имени …", "… атындагы"; the text itself when there is none."""
    for pattern in (
        r" named after .*$",
        r" имени .*$",
        r"^.* атындагы ",
        r"^.* атындағы ",
        r"^.* nomidagi ",
        r" ба номи .*$",
    ):
        shorter = re.sub(pattern, "", text)
        if shorter != text and len(shorter) > 12:
            return shorter[0].upper() + shorter[1:]
    return text


def romanised(text: str) -> str:
    return transliterate(text, "icao") if re.search("[А-Яа-яЁё]", text) else text


def _local(one: Institution) -> str:
    return next((name for language, name in one.labels.items() if language != "ru"), one.name)


def _russian(one: Institution) -> str:
    return one.labels.get("ru", one.name)


# What is done to an institution, in turns. Each answers the name as the list has it.
CHANGES: tuple[tuple[str, Callable[[Institution, random.Random], str]], ...] = (
    ("russian", lambda one, draw: _russian(one)),
    ("local", lambda one, draw: _local(one)),
    ("english", lambda one, draw: one.name),
    ("shortened", lambda one, draw: shortened(_russian(one))),
    ("mistyped", lambda one, draw: typed_wrong(_russian(one), draw)),
    ("capitals", lambda one, draw: _russian(one).upper()),
    ("without dedication", lambda one, draw: without_dedication(_russian(one))),
    ("old name", lambda one, draw: one.former[-1] if one.former else _local(one)),
    ("mistyped english", lambda one, draw: typed_wrong(one.name, draw)),
    ("with acronym", lambda one, draw: f"{_russian(one)} ({one.acronyms[-1]})" if one.acronyms else _russian(one)),
    ("two names", lambda one, draw: f"{_russian(one)} / {one.name}"),
    ("romanised", lambda one, draw: romanised(_russian(one))),
    ("with city", lambda one, draw: f"{_russian(one)}, г. {one.city}"),
    ("lower case", lambda one, draw: f"  {one.name.lower()} "),
    ("shortened english", lambda one, draw: shortened(one.name)),
    ("mistyped local", lambda one, draw: typed_wrong(_local(one), draw)),
)  # fmt: skip


def rows(seed: int = 20260905) -> list[MessyRow]:
    """324 rows on known institutions, 16 acronyms alone, 60 on unknown ones; mixed, some institutions several times."""
    draw = random.Random(seed)
    known = directory()
    made = list(_of_known(known, draw))
    made += [
        MessyRow(name, draw.choice(COUNTRY_WORDS[country]), "", "", "", "absent") for name, country in ABSENT
    ]
    draw.shuffle(made)
    return made


def _of_known(known: list[Institution], draw: random.Random) -> Iterator[MessyRow]:
    for number in range(ROWS - len(ABSENT) - 16):
        one = known[number % len(known)]
        change, how = CHANGES[(number * 7 + number // len(known)) % len(CHANGES)]
        country = "" if number % 9 == 4 else draw.choice(COUNTRY_WORDS[one.country])
        yield MessyRow(
            name=how(one, draw),
            country=country,
            city=one.city if number % 5 == 0 else "",
            website=one.website if number % 11 == 3 else "",
            means=one.name,
            change=change,
        )
    for one in [one for one in known if one.acronyms][5::9][:16]:
        yield MessyRow(one.acronyms[0], COUNTRY_WORDS[one.country][0], "", "", one.name, "acronym alone")


def as_xlsx(messy: list[MessyRow]) -> bytes:
    """The list with two title rows above its header."""
    lines: list[list[object]] = [["на 1 сентября 2026 г."], list(COLUMNS)]
    for number, row in enumerate(messy, start=1):
        contact = f"Координатор {number}" if number % 3 == 0 else ""
        email = f"office{number}@example.org" if number % 4 == 0 else ""
        lines.append([number, row.name, row.country, row.city, contact, email, row.website, ""])
    return write_xlsx({"Партнёры": (["Список зарубежных партнёров"], lines)})


if __name__ == "__main__":
    Path("messy_list.xlsx").write_bytes(as_xlsx(rows()))
    Path("messy_list.json").write_text(
        json.dumps([vars(row) for row in rows()], ensure_ascii=False, indent=1)
    )
