"""Search keys: one key for a name however it is typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.names import (
    System,
    matches_prefix,
    mixed_script,
    search_key,
    search_tokens,
    transliterate,
)

ONE_KEY = [
    "Чүй Chüy Chuy Чуй",
    "Жумагулов Dzhumagulov Zhumagulov Jumagulov Djumagulov Žumagulov",
    "Хамид Khamid Hamid Xamid Ҳамид",
    "Oʻtkir O‘tkir O’tkir Oʼtkir O'tkir O`tkir Otkir Ўткир",
    "Gʻayratov G'ayratov G`ayratov Ғайратов Gayratov Ghayratov",
    "Семёнов Семенов Semyonov Semenov",
    "Юлия Julia Yulia Iuliia Yuliya Юлiя",
    "Сергей Sergey Sergei Sergej",
    "Дмитрий Dmitriy Dmitrii Dmitry Dmitri Dmitrij",
    "Александр Alexandr Aleksandr",
    "Щербаков Shcherbakov Scherbakov",
    "Исхак Iskhak Is'hak Isʼhak",
    "Ёқуб Yoqub",
    "Ерлан Yerlan Erlan Ерлaн",
    "Цой Tsoy Tsoi Coy",
    "Кодиров Qodirov Қодиров",
    "Саттаров Sattarov Satarov",
    "Теңіз Teñiz Tengiz",
    "Мария Maria Mariya Mariia",
    "Ляйсан Liaisan Lyaysan",
    "Шоҳҷаҳон Shohjahon Shohdzhahon",
]


@pytest.mark.parametrize("spellings", ONE_KEY, ids=lambda text: text.split()[0])
def test_all_spellings_of_a_name_have_one_key(spellings: str) -> None:
    assert len({search_key(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize(
    "pair",
    ["Алехин Алексин", "Исхак Ишак", "Айгүл Айгерим", "Шарипов Сарипов", "Чолпон Жолпон", "Осмон Усман"],
)
def test_different_names_have_different_keys(pair: str) -> None:
    one, other = pair.split()
    assert search_key(one) != search_key(other)


def test_short_i_survives_decomposition() -> None:
    # Under NFD й is и and a breve; stripping marks naively makes "Чуй" and "Чуи" out of one name.
    for name in ("Чүй", "Сергей", "Зиёдӣ", "Семён", "Йўлдош"):
        assert search_key(unicodedata.normalize("NFD", name)) == search_key(name)
    assert search_key("Байтик") == "baitik"


def test_a_look_alike_of_the_other_script_does_not_hide_a_name() -> None:
    assert search_key("ТЕХНОЛОГИЧЕCКИЙ") == search_key("технологический")
    assert search_key("Oш") == search_key("Ош")


def test_words_are_separated_by_one_space_and_numbers_stay() -> None:
    assert search_key("  Иссык-Куль,  школа №1100 ") == "isik kul shkola 1100"
    assert search_tokens("Osh  ош, Ош!") == ("osh",)
    assert search_key("«—…»") == ""


def test_letters_of_other_scripts_are_kept() -> None:
    assert search_key("北京 大学") == "北京 大学"
    assert len(search_tokens("दिल्ली विश्वविद्यालय")) == 2


def test_a_language_may_read_a_letter_otherwise() -> None:
    assert search_key("Cemal", language="tr") == search_key("Жемал")
    assert search_key("Jumaǵulov Ýálı", language="kk") == search_key("Жумағулов Уәли")
    with pytest.raises(MethodError) as refused:
        search_key("Osh", language="xx")
    assert refused.value.code == "names.unknown_language"


# Names of the region by language, for the official romanisations of each.
NAMES = {
    "ru": "Александр Алёна Борис Василий Геннадий Екатерина Жанна Игорь Ксения Людмила Наталья Пётр Семён Татьяна "
    "Фёдор Хохлов Цветков Чернов Шестаков Щербаков Эдуард Юлия Яков Подъяпольский Гурьев Соловьёв",
    "ky": "Азамат Өмүрбек Чыңгыз Жоомарт Жаңыл Гүлзат Үсөн Ысмайыл Эркеайым Токтогул Хамид Дөөлөт Сооронбай Эжеке",
    "kk": "Әлібек Амангелді Біржан Ғабит Дәулет Жәнібек Қайрат Қуаныш Мұхтар Нұрсұлтан Өтеген Рүстем Шыңғыс Ілияс",
    "uz": "Абдулла Баҳодир Дониёр Жавлон Илҳом Маъруф Муҳаммад Улуғбек Фарҳод Хуршид Шавкат Ўткир Ғайрат Қодир "
    "Ҳамид Юсуф Ёқуб Яшар Чўлпон Зиёев",
    "tg": "Абдураҳмон Баҳром Зафар Муҳриддин Наврӯз Парвиз Сӯҳроб Тоҷиддин Фирӯз Хуршед Ҷамшед Қосим Ғафур Насрӣ",
}
PAIRS: list[tuple[str, System]] = [
    ("ru", "icao"), ("ru", "bgn_ru"), ("ky", "icao"), ("ky", "passport_kg"), ("ky", "bgn_ky"), ("kk", "bgn_kk"),
    ("kk", "kk_2021"), ("uz", "uz_1995"), ("tg", "bgn_tg"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "system"), PAIRS)
def test_the_key_is_the_same_in_an_official_romanisation(language: str, system: System) -> None:
    for name in NAMES[language].split():
        assert search_key(transliterate(name, system)) == search_key(name), name


def test_the_key_is_the_same_in_the_kazakh_latin_of_2018() -> None:
    for name in NAMES["kk"].split():
        assert search_key(transliterate(name, "kk_2018"), language="kk") == search_key(name), name


LETTERS = "абвгғдеёжҗзиіӣйкқлмнңоөпрстуұүўӯфхҳһцчҷшщъыьэюяaeiouybcdfghjklmnopqrstvwxzşçğñöüýžʻʼ'’- "


@given(st.text(alphabet=LETTERS, max_size=25))
@settings(max_examples=300, deadline=None)
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key


@given(st.text(max_size=25))
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_stable_key_whatever_its_case_and_form(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key
    assert key == " ".join(key.split())


@given(st.text(alphabet="абвгдезиклмнопрстуфцчшэ", min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_every_apostrophe_counts_the_same(word: str) -> None:
    assert len({search_key(f"o{mark}{word}") for mark in "ʻʼ‘’'`"}) == 1


def test_what_is_typed_so_far_finds_the_name_in_either_script() -> None:
    for typed in ("Жум", "zhumag", "Jumagulov h", "Хам Жум"):
        assert matches_prefix(typed, "Dzhumagulov Khamid"), typed
    assert not matches_prefix("Хамит", "Dzhumagulov Khamid")
    assert not matches_prefix("", "Dzhumagulov Khamid")


def test_mixed_words_are_pointed_at() -> None:
    (found,) = mixed_script("Ош: ТЕХНОЛОГИЧЕCКИЙ ИТ-park")
    assert (found.word, found.start, found.positions, found.minority) == (
        "ТЕХНОЛОГИЧЕCКИЙ",
        4,
        (15,),
        "latin",
    )
    (other,) = mixed_script("Bіshkek")
    assert (other.positions, other.minority) == ((1,), "cyrillic")
    assert mixed_script("Osh Ош 2 №4") == ()
