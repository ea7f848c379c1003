"""Two lists of invented people, some of them the same, with the errors that lists of people have.

Every person is put together from lists of regional given names and surname stems; no record belongs to anybody.
Which errors are made, and how often, is in `ERRORS`; each is drawn for itself, so that a record may have several.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from sapar.methods.errors import MethodError
from sapar.methods.names import Person, PersonName, System, transliterate


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


MEN: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "ky": _words(
            "Азамат Айбек Акыл Алмаз Арслан Асан Бакыт Бекболот Болот Бактыяр Данияр Доолот Жакып Жаныбек Жоомарт "
            "Жумабек Замир Илим Кубат Кубанычбек Кутман Кычан Манас Медер Мирлан Нурбек Нурлан Өмүрбек Рамис "
            "Сагынбай Самат Сыймык Талант Темир Тилек Токтогул Улан Урмат Үсөн Чыңгыз Шайлообек Шумкар Эльдар "
            "Эмил Эрмек Эркин Ысмайыл Түмөнбай Көкүл Жеңиш"
        ),
        "kk": _words(
            "Абай Айдос Алихан Амангелді Арман Асқар Әділет Әлібек Бауыржан Бекзат Берік Біржан Дархан Дәулет "
            "Думан Ерлан Ерболат Жандос Жанболат Жәнібек Қайрат Қанат Қуаныш Мадияр Мақсат Марат Мейіржан Нұржан "
            "Нұрсұлтан Олжас Өтеген Рүстем Санжар Саят Серік Талғат Тимур Ұлан Шыңғыс Ілияс Ғабит Ғани Хамит "
            "Құдайберген Мұхтар Сәкен"
        ),
        "uz": _words(
            "Абдулла Азиз Акмал Алишер Анвар Асрор Баходир Бобур Ботир Дилшод Дониёр Жавлон Жамшид Жасур Зафар "
            "Илҳом Ислом Камол Лазиз Маъруф Мирзо Муҳаммад Нодир Отабек Равшан Рустам Санжар Сардор Собир Тохир "
            "Улуғбек Умид Фарҳод Фирдавс Хуршид Шавкат Шерзод Эркин Юсуф Ўткир Ғайрат Қодир Ҳамид Ҳасан Аъзам "
            "Ёқуб Яшар Исҳоқ"
        ),
        "tg": _words(
            "Абдураҳмон Азим Акбар Баҳром Бахтиёр Далер Диловар Зафар Исмоил Комрон Манучеҳр Меҳроб Муҳриддин Наврӯз "
            "Парвиз Раҳмон Рустам Саид Сӯҳроб Тоҷиддин Фаррух Фирӯз Хуршед Ҷамшед Шаҳром Шодмон Ҷовид Қосим Ғафур"
        ),
        "ru": _words(
            "Александр Алексей Андрей Артём Борис Вадим Василий Виктор Владимир Геннадий Григорий Денис Дмитрий "
            "Евгений Егор Иван Игорь Илья Кирилл Константин Максим Михаил Николай Олег Павел Пётр Роман Руслан "
            "Семён Сергей Степан Фёдор Юрий Яков"
        ),
    }
)  # fmt: skip
WOMEN: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "ky": _words(
            "Айгүл Айзада Айпери Айнура Алтынай Асель Бегимай Бермет Венера Гүлзат Гүлнара Жаңыл Жибек Жылдыз "
            "Зарина Каныкей Кундуз Кызжибек Мээрим Назгүл Нуриза Нургүл Перизат Рахат Салтанат Сезим Сүйүн Тахмина "
            "Толгонай Уулкан Чолпон Шааркүл Ырыс Элиза Эркеайым Бурул Өзгөрүш"
        ),
        "kk": _words(
            "Айгерім Айжан Айнұр Ақерке Алия Әсем Ботагөз Гүлнәр Дана Дәмелі Динара Жанар Жұлдыз Зере Қарлығаш "
            "Лаура Мадина Меруерт Назерке Нұргүл Перизат Раушан Сабина Салтанат Сәуле Толқын Ұлжан Шолпан Шынар "
            "Ырысты Іңкәр Кәмшат"
        ),
        "uz": _words(
            "Азиза Барно Гулнора Дилбар Дилноза Дилфуза Зебо Зулфия Камола Лола Малика Мадина Мафтуна Маҳлиё "
            "Мунира Наргиза Нигора Нилуфар Озода Ойгул Раъно Сабоҳат Севара Ситора Умида Феруза Хуршида Шаҳло "
            "Шаҳноза Юлдуз Ўғилой Ҳилола"
        ),
        "tg": _words(
            "Азиза Гулрухсор Дилафрӯз Заррина Зебо Зулайхо Мадина Манижа Меҳрангез Мунира Нигина Нодира Парвина "
            "Рухшона Саодат Сабрина Тахмина Фарзона Ҷамила Шаҳноза Шоира"
        ),
        "ru": _words(
            "Александра Алёна Анастасия Анна Валентина Вера Виктория Галина Дарья Евгения Екатерина Елена Ирина "
            "Ксения Лариса Любовь Людмила Мария Надежда Наталья Нина Ольга Полина Светлана София Татьяна Юлия Яна"
        ),
    }
)  # fmt: skip
STEMS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "ky": _words(
            "Абдыкерим Абдылда Айтмат Акмат Алымкул Асанбек Атамбай Байтик Бекназар Бообек Дөөлөт Жапар Жолдош Жороб "
            "Жумагул Закир Исак Кадыр Калык Карабай Касым Кожомкул Кулмат Маамыт Мамбет Молдо Мырзабек Нааматбек "
            "Орозбек Осмон Раим Сарыбай Сатыбалды Сооронбай Сулайман Сыдык Тагай Токомбай Төлөгөн Турдубай Шаршен "
            "Эгембер Эсенгул Ысак Чотбай"
        ),
        "kk": _words(
            "Абдрахман Аманжол Ахмет Әбіл Байтұрсын Бекмұхамед Досан Досмұхамед Ержан Есен Жақсылық Жүніс Ибрай "
            "Қасен Қожахмет Құнанбай Мұса Мұқан Нұрпейіс Оразбай Өмір Рахым Сағын Сейіт Смағұл Тілеу Төлеген "
            "Ұзақбай Шаяхмет Ысқақ Ілияс Хасен"
        ),
        "uz": _words(
            "Абдурахмон Аҳмад Бобожон Болта Ғаффор Ғулом Давлат Жўра Зокир Ибрагим Исмоил Йўлдош Каримжон Маҳмуд "
            "Мирзаев Назар Норбой Олим Очил Пулат Раҳим Рўзи Салим Сайфулла Тожибой Тўхта Умар Усмон Файзулла Хайдар "
            "Хўжа Шариф Эргаш Юлдаш Қурбон Ҳайит Ҳаким Ҳошим"
        ),
        "tg": _words(
            "Абдулло Азиз Бобо Ғафур Давлат Исмоил Қурбон Маҳмад Мирзо Назар Нуров Раҷаб Раҳим Саид Сафар Тоҳир "
            "Улуғ Файз Хол Шариф Ҳаким Ҳоҷи Ҷума Ҷӯра"
        ),
        "ru": _words(
            "Алёшин Баран Беляк Волк Воробей Гаврил Голуб Горбат Денис Ефим Жуковск Зайц Захар Калинин Козл Королев "
            "Кузнец Лебед Макар Медвед Морозов Новик Орл Павл Петр Полян Родион Сафон Сидор Сокол Соловь Степан Тарас "
            "Титов Фадей Филат Хохл Цветк Чернов Шестак Щербак Яковл"
        ),
    }
)  # fmt: skip
SYSTEMS: Mapping[str, tuple[System, ...]] = MappingProxyType(
    {
        "ky": ("icao", "passport_kg", "bgn_ky"),
        "kk": ("icao", "bgn_kk", "kk_2021"),
        "uz": ("icao", "uz_1995"),
        "tg": ("icao", "bgn_tg"),
        "ru": ("icao", "bgn_ru"),
    }
)
CITIZENSHIPS = MappingProxyType({"ky": "KG", "kk": "KZ", "uz": "UZ", "tg": "TJ", "ru": "RU"})

# Chance of each error in the second record of a person; the first has the script and patronymic ones as well.
ERRORS: Mapping[str, float] = MappingProxyType(
    {
        "latin instead of Cyrillic": 0.5,
        "another apostrophe": 0.5,
        "patronymic left out": 0.4,
        "typing error in the family name": 0.08,
        "typing error in the given name": 0.06,
        "family and given name exchanged": 0.05,
        "given name as an initial": 0.02,
        "another family name (marriage)": 0.01,
        "day and month exchanged": 0.03,
        "one digit of the birth date wrong": 0.03,
        "birth date missing": 0.03,
        "passport missing": 0.5,
        "another passport": 0.15,
        "one digit of the passport wrong": 0.03,
        "citizenship missing": 0.1,
    }
)


@dataclass(frozen=True)
class Lists:
    """Two lists and the pairs of keys that are one person."""

    left: tuple[Person, ...]
    right: tuple[Person, ...]
    same: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class _Soul:
    """A person before anybody wrote them down."""

    language: str
    woman: bool
    name: PersonName
    born_on: date
    passport: str


def invent(size: int, *, shared: float = 0.6, seed: int) -> Lists:
    """Two lists of `size` people, of whom the share `shared` is in both, in another order."""
    rng = random.Random(seed)
    common = round(size * shared)
    souls = [_soul(rng) for _ in range(2 * size - common)]
    left = [_written(soul, f"a{at}", rng, first=True) for at, soul in enumerate(souls[:size])]
    others = [*range(common), *range(size, 2 * size - common)]
    rng.shuffle(others)
    right = [_written(souls[at], f"b{place}", rng, first=False) for place, at in enumerate(others)]
    same = frozenset((f"a{at}", f"b{place}") for place, at in enumerate(others) if at < common)
    return Lists(tuple(left), tuple(right), same)


def _soul(rng: random.Random) -> _Soul:
    language = rng.choices(tuple(CITIZENSHIPS), (40, 20, 20, 8, 12))[0]
    woman = rng.random() < 0.5
    name = PersonName(
        family=_family(language, woman, rng),
        given=rng.choice((WOMEN if woman else MEN)[language]),
        patronymic=_patronymic(language, woman, rng),
    )
    return _Soul(
        language=language,
        woman=woman,
        name=name,
        born_on=date(1996, 1, 1) + timedelta(days=rng.randrange(12 * 365)),
        passport=f"{rng.choice(('ID', 'AC', 'N', 'FA', 'PE'))}{rng.randrange(10**7):07}",
    )


def _family(language: str, woman: bool, rng: random.Random) -> str:
    stem = rng.choice((*STEMS[language], *MEN[language]))
    if language == "ky" and rng.random() < 0.15:
        return f"{stem} {'кызы' if woman else 'уулу'}"
    soft = stem[-1] in "еийь"
    stem = stem.removesuffix("ь").removesuffix("й").removesuffix("а").removesuffix("о")
    return stem + ("ев" if soft else "ов") + ("а" if woman else "")


def _patronymic(language: str, woman: bool, rng: random.Random) -> str:
    father = rng.choice(MEN[language])
    stem = father.removesuffix("ь").removesuffix("й").removesuffix("а").removesuffix("я")
    if language == "kk" and rng.random() < 0.6:
        return father + ("қызы" if woman else "ұлы")
    if language == "uz" and rng.random() < 0.7:
        return f"{father} {'қизи' if woman else 'ўғли'}"
    if language == "tg" and rng.random() < 0.6:
        return ""
    soft = father[-1] in "ьйяи"
    return stem + ("е" if soft else "о") + ("вна" if woman else "вич")


def _written(soul: _Soul, key: str, rng: random.Random, *, first: bool) -> Person:
    """One record of a person; the first list is kept with more care than the second."""

    def happens(error: str) -> bool:
        return rng.random() < ERRORS[error]

    name = soul.name
    if happens("latin instead of Cyrillic"):
        name = _romanised(name, soul.language, rng)
    if happens("another apostrophe"):
        mark = rng.choice("'`’ʻ‘")
        name = PersonName(**{part: _marked(text, mark) for part, text in _parts(name).items()})
    if happens("patronymic left out"):
        name = PersonName(family=name.family, given=name.given)
    if first:
        return Person(
            key=key,
            name=name,
            born_on=soul.born_on,
            citizenship=CITIZENSHIPS[soul.language],
            passport=soul.passport,
        )
    return Person(
        key=key,
        name=_misspelt(name, soul, rng),
        born_on=_misdated(soul.born_on, rng),
        citizenship="" if happens("citizenship missing") else CITIZENSHIPS[soul.language],
        passport=_misnumbered(soul.passport, rng),
    )


def _parts(name: PersonName) -> dict[str, str]:
    return {"family": name.family, "given": name.given, "patronymic": name.patronymic}


def _marked(text: str, mark: str) -> str:
    return "".join(mark if letter in "ʻʼ" else letter for letter in text)


def _romanised(name: PersonName, language: str, rng: random.Random) -> PersonName:
    system = rng.choice(SYSTEMS[language])
    try:
        return PersonName(**{part: transliterate(text, system) for part, text in _parts(name).items()})
    except MethodError:
        # A letter the national system does not know, such as ц in a Tajik name.
        return PersonName(**{part: transliterate(text, "icao") for part, text in _parts(name).items()})


def _misspelt(name: PersonName, soul: _Soul, rng: random.Random) -> PersonName:
    family, given, patronymic = name.family, name.given, name.patronymic
    if rng.random() < ERRORS["another family name (marriage)"]:
        family = _family(soul.language, soul.woman, rng)
    if rng.random() < ERRORS["typing error in the family name"]:
        family = typing_error(family, rng)
    if rng.random() < ERRORS["typing error in the given name"]:
        given = typing_error(given, rng)
    if rng.random() < ERRORS["given name as an initial"]:
        given = given[0] + "."
        patronymic = patronymic and patronymic[0] + "."
    if rng.random() < ERRORS["family and given name exchanged"]:
        family, given = given, family
    return PersonName(family=family, given=given, patronymic=patronymic)


def typing_error(word: str, rng: random.Random) -> str:
    """`word` with a letter left out, doubled, exchanged with the next or replaced."""
    if len(word) < 3:
        return word
    at = rng.randrange(1, len(word) - 1)
    letters = "абвгдежзиклмнопрстуфхчшыэюя" if word[at] > "\u0400" else "abcdefghijklmnoprstuvyz"
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + rng.choice(letters) + word[at + 1 :],
        )
    )


def _misdated(day: date, rng: random.Random) -> date | None:
    if rng.random() < ERRORS["birth date missing"]:
        return None
    if rng.random() < ERRORS["day and month exchanged"] and day.day <= 12:
        return day.replace(month=day.day, day=day.month)
    if rng.random() < ERRORS["one digit of the birth date wrong"]:
        part = rng.choice(("day", "month", "year"))
        if part == "day":
            return day.replace(day=rng.randrange(1, 29))
        if part == "month":
            return day.replace(month=rng.randrange(1, 13), day=min(day.day, 28))
        return day.replace(year=day.year // 10 * 10 + rng.randrange(10), day=min(day.day, 28))
    return day


def _misnumbered(passport: str, rng: random.Random) -> str:
    if rng.random() < ERRORS["passport missing"]:
        return ""
    if rng.random() < ERRORS["another passport"]:
        return f"{passport[:2]}{rng.randrange(10**7):07}"
    if rng.random() < ERRORS["one digit of the passport wrong"]:
        at = rng.randrange(2, len(passport))
        return passport[:at] + str(rng.randrange(10)) + passport[at + 1 :]
    return passport
