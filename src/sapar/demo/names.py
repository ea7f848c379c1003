"""Names for invented people and universities of the region."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

# country → (surname in local script, in Latin as a passport might have it), (given, given in Latin)
SURNAMES: dict[str, list[tuple[str, str]]] = {
    "KG": [
        ("Асанов", "Asanov"),
        ("Токтогулова", "Toktogulova"),
        ("Өмүрбеков", "Omurbekov"),
        ("Жээнбаева", "Zheenbaeva"),
        ("Маматов", "Mamatov"),
        ("Сыдыкова", "Sydykova"),
        ("Бакиров", "Bakirov"),
        ("Ысакова", "Ysakova"),
        ("Турдубаев", "Turdubaev"),
        ("Кадырова", "Kadyrova"),
        ("Эрмеков", "Ermekov"),
        ("Абдылдаева", "Abdyldaeva"),
    ],
    "KZ": [
        ("Құнанбаев", "Kunanbayev"),
        ("Әлімова", "Alimova"),
        ("Жұмабаев", "Zhumabayev"),
        ("Оспанова", "Ospanova"),
        ("Сейітов", "Seiitov"),
        ("Нұрланова", "Nurlanova"),
        ("Ахметов", "Akhmetov"),
        ("Қасымова", "Kassymova"),
    ],
    "UZ": [
        ("Rahimov", "Rahimov"),
        ("Toʻrayeva", "Turaeva"),
        ("Yoʻldoshev", "Yuldashev"),
        ("Gʻaniyeva", "Ganieva"),
        ("Karimov", "Karimov"),
        ("Saidova", "Saidova"),
        ("Abdullayev", "Abdullaev"),
        ("Ismoilova", "Ismailova"),
    ],
    "TJ": [
        ("Раҳимов", "Rahimov"),
        ("Шарифова", "Sharifova"),
        ("Назаров", "Nazarov"),
        ("Ҷалилова", "Jalilova"),
    ],
    "TR": [("Yıldız", "Yildiz"), ("Demir", "Demir"), ("Kaya", "Kaya"), ("Şahin", "Sahin")],
    "DE": [("Vogel", "Vogel"), ("Lindner", "Lindner"), ("Köhler", "Koehler"), ("Brandt", "Brandt")],
    "PL": [("Nowicka", "Nowicka"), ("Zieliński", "Zielinski"), ("Wrona", "Wrona")],
    "IN": [("Sharma", "Sharma"), ("Iyer", "Iyer"), ("Khanna", "Khanna")],
}
GIVEN: dict[str, list[tuple[str, str]]] = {
    "KG": [
        ("Айбек", "Aibek"), ("Нургүл", "Nurgul"), ("Бекзат", "Bekzat"), ("Айпери", "Aiperi"), ("Эрлан", "Erlan"),
        ("Жаңыл", "Zhanyl"), ("Тилек", "Tilek"), ("Мээрим", "Meerim"), ("Данияр", "Daniiar"), ("Чолпон", "Cholpon"),
        ("Адилет", "Adilet"), ("Бегимай", "Begimai"), ("Үмүт", "Umut"), ("Сезим", "Sezim"),
    ],
    "KZ": [
        ("Әсел", "Assel"), ("Нұрсұлтан", "Nursultan"), ("Дана", "Dana"), ("Ержан", "Yerzhan"), ("Гүлнұр", "Gulnur"),
        ("Алихан", "Alikhan"),
    ],
    "UZ": [
        ("Oʻgʻiloy", "Ugiloy"), ("Jasur", "Jasur"), ("Dilnoza", "Dilnoza"), ("Sardor", "Sardor"), ("Nodira", "Nodira"),
        ("Bobur", "Bobur"),
    ],
    "TJ": [("Фирӯз", "Firuz"), ("Мадина", "Madina"), ("Шаҳло", "Shahlo"), ("Далер", "Daler")],
    "TR": [("Elif", "Elif"), ("Emre", "Emre"), ("Zeynep", "Zeynep"), ("Kerem", "Kerem")],
    "DE": [("Jonas", "Jonas"), ("Lea", "Lea"), ("Mira", "Mira")],
    "PL": [("Zofia", "Zofia"), ("Jakub", "Jakub"), ("Maja", "Maja")],
    "IN": [("Ananya", "Ananya"), ("Rohan", "Rohan"), ("Kavya", "Kavya")],
}  # fmt: skip
LANGUAGE = {"KG": "ky", "KZ": "kk", "UZ": "uz", "TJ": "tg", "TR": "tr", "DE": "de", "PL": "pl", "IN": "en"}


@dataclass(frozen=True)
class Invented:
    """One invented person's names."""

    country: str
    surname: str
    given: str
    local_surname: str
    local_given: str

    @property
    def local(self) -> dict[str, str]:
        return {
            "language": LANGUAGE[self.country],
            "surname": self.local_surname,
            "given": self.local_given,
            "patronymic": "",
        }


def people(country: str, draw: random.Random) -> Iterator[Invented]:
    """Endless; a combination may come again, as in life."""
    while True:
        local_surname, surname = draw.choice(SURNAMES[country])
        local_given, given = draw.choice(GIVEN[country])
        yield Invented(country, surname, given, local_surname, local_given)


@dataclass(frozen=True)
class InventedUniversity:
    name: str
    local: str
    language: str
    country: str
    city: str
    acronym: str


HOME = InventedUniversity(
    "Sulaiman-Too Demo University", "Сулайман-Тоо демо университети", "ky", "KG", "Osh", "STDU"
)
PARTNERS: tuple[InventedUniversity, ...] = (
    InventedUniversity("Bosporus Gate University", "Boğaz Kapısı Üniversitesi", "tr", "TR", "Istanbul", "BGU"),
    InventedUniversity("Kızılırmak Technical University", "Kızılırmak Teknik Üniversitesi", "tr", "TR", "Kırıkkale", "KTU"),
    InventedUniversity("Zhetysu Steppe University", "Жетісу дала университеті", "kk", "KZ", "Taldyqorghan", "ZSU"),
    InventedUniversity("Alatau Medical Academy", "Алатау медицина академиясы", "kk", "KZ", "Almaty", "AMA"),
    InventedUniversity("Fergana Valley Pedagogical Institute", "Fargʻona vodiysi pedagogika instituti", "uz", "UZ", "Fargʻona", "FVPI"),
    InventedUniversity("Tashkent River Medical Institute", "Toshkent daryo tibbiyot instituti", "uz", "UZ", "Tashkent", "TRMI"),
    InventedUniversity("Zarafshan State College", "Донишкадаи Зарафшон", "tg", "TJ", "Panjakent", "ZSC"),
    InventedUniversity("Elbe Uplands University", "Universität Elbhochland", "de", "DE", "Pirna", "EUU"),
    InventedUniversity("Havelmark University of Applied Sciences", "Hochschule Havelmark", "de", "DE", "Rathenow", "HHM"),
    InventedUniversity("Upper Vistula University", "Uniwersytet Górnej Wisły", "pl", "PL", "Oświęcim", "UGW"),
    InventedUniversity("Sea of Rice Medical College", "Sea of Rice Medical College", "en", "IN", "Kochi", "SRMC"),
    InventedUniversity("Black Sand Academy", "Каракум академиясы", "ky", "KG", "Naryn", "BSA"),
)  # fmt: skip
