"""Romanisation by the published tables."""

from __future__ import annotations

import pytest

from sapar.methods.errors import MethodError
from sapar.methods.names import SYSTEMS, latin_suggestions, transliterate


def test_icao_table_of_russian_letters() -> None:
    # ICAO Doc 9303 part 3, section 6.B; the Russian excerpt is also printed in the annex to the Russian order on
    # travel documents for readmission (2019).
    letters = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЫЪЭЮЯ"
    forms = "A B V G D E E ZH Z I I K L M N O P R S T U F KH TS CH SH SHCH Y IE E IU IA".split()  # noqa: SIM905
    # One letter alone is capitalised like a word, hence the comparison in capitals.
    assert [transliterate(letter, "icao").upper() for letter in letters] == forms


def test_icao_letters_of_other_languages() -> None:
    # The same section as encoded in the map "icao-rus-Cyrl-Latn-9303" of the Interscript project.
    letters = dict(zip("ҐЎѪЂЅЈЉЊЏЄЇЃ", "G U U D DZ J LJ NJ DZ IE I G".split(), strict=True))  # noqa: SIM905
    for letter, form in letters.items():
        assert transliterate(letter, "icao").upper() == form
    # Names from that map's Belarusian sister whose letters have one form in all languages.
    for name, latin in {
        "Максім": "Maksim",
        "Іван": "Ivan",
        "СВЯТЛАНА": "SVIATLANA",
        "Мікалай": "Mikalai",
    }.items():
        assert transliterate(name, "icao") == latin


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        # Constructed: every letter that Kyrgyz, Kazakh, Uzbek and Tajik add to Russian.
        ("Өмүрбек Түгөлбай кызы Айңүр", "Omurbek Tugolbai kyzy Ainur"),
        ("Қуаныш Әділғазы Ұлан Һәм", "Kuanysh Adilgazy Ulan Kham"),
        ("Ўткир Ғайрат Қодир Ҳамид", "Utkir Gairat Kodir Khamid"),
        ("Ҷамшед Хоҷӣ Нурӯз", "Chamshed Khochi Nuruz"),
        ("Бакыт уулу Ъёлдош ь", "Bakyt uulu Ieeldosh "),
    ],
)
def test_icao_forms_have_only_the_letters_of_a_passports_machine_line(name: str, latin: str) -> None:
    found = transliterate(name, "icao")
    assert found == latin
    assert found.isascii()


def test_kyrgyz_place_names_of_the_bgn_pcgn_document() -> None:
    # Examples printed in "Romanization of Kyrgyz, BGN/PCGN 1979 system" (gov.uk, checked February 2022).
    examples = {
        "Арпа": "Arpa", "Бишкек": "Bishkek", "Рават": "Ravat", "Гүлчө": "Gülchö", "Дөң-Арык": "Döng-Aryk",
        "Жалал-Абад": "Jalal-Abad", "Кызыл-Суу": "Kyzyl-Suu", "Исфана": "Isfana", "Чүй": "Chüy",
        "Кара-Балта": "Kara-Balta", "Лейлек": "Leylek", "Макмал": "Makmal", "Нарын": "Naryn", "Ош": "Osh",
        "Өзгөн": "Özgön", "Пүлгөн": "Pülgön", "Сүлүктү": "Sülüktü", "Талас": "Talas", "Учкун": "Uchkun",
    }  # fmt: skip
    for name, romanised in examples.items():
        assert transliterate(name, "bgn_ky") == romanised


def test_kazakh_examples_of_the_bgn_pcgn_table() -> None:
    examples = {
        "Абай": "Abay", "Әуезов": "Äūezov", "Владимир": "Vladīmīr", "Галина": "Galīna",
        "Жамбыл": "Zhambyl", "Шиелі": "Shīeli", "Семей": "Semey", "Шымкент": "Shymkent", "Өскемен": "Öskemen",
    }  # fmt: skip
    for name, romanised in examples.items():
        assert transliterate(name, "bgn_kk") == romanised


def test_kazakh_sample_in_the_letters_of_2021() -> None:
    # The sample text that Wikipedia gives for the draft of 2021 ("Kazakh alphabets").
    assert transliterate("Бұрыңғы өткен заманда, бір данышпан кісі", "kk_2021") == (
        "Būryñğy ötken zamanda, bır danyşpan kısı"
    )


def test_spellings_of_kyrgyz_passports() -> None:
    assert transliterate("Жумагулов", "passport_kg") == "Dzhumagulov"
    assert transliterate("Хамид", "passport_kg") == "Khamid"


def test_uzbek_latin() -> None:
    examples = {
        "Ғайратов Ўткир": "Gʻayratov Oʻtkir",
        "Юсуф": "Yusuf",
        "Ёқуб": "Yoqub",
        "Эркин Ерёпов": "Erkin Yeryopov",
    }
    for name, latin in examples.items():
        assert transliterate(name, "uz_1995") == latin


def test_russian_e_depends_on_the_letter_before() -> None:
    assert (
        transliterate("Екатерина Ёлкина Алексеевич Гурьев", "bgn_ru")
        == "Yekaterina Yëlkina Alekseyevich Gur’yev"
    )


def test_capitals_follow_the_word() -> None:
    assert transliterate("Жанна ЖАННА Ж.", "icao") == "Zhanna ZHANNA Zh."
    assert transliterate("Osh, Chüy 12", "icao") == "Osh, Chüy 12"


def test_a_letter_the_system_does_not_know_is_refused() -> None:
    with pytest.raises(MethodError) as refused:
        transliterate("Өмүрбек", "bgn_ru")
    assert (refused.value.code, refused.value.facts["letter"]) == ("names.untransliterable", "Ө")
    with pytest.raises(MethodError) as unknown:
        transliterate("Ош", "iso_9")  # type: ignore[arg-type]
    assert unknown.value.code == "names.unknown_system"
    assert unknown.value.facts["known"] == SYSTEMS


def test_suggestions_are_different_and_skip_systems_that_fail() -> None:
    assert latin_suggestions("Жумагулов", "ky") == ("Zhumagulov", "Dzhumagulov", "Jumagulov")
    assert latin_suggestions("Ғани", "ky") == ("Gani",)
    with pytest.raises(MethodError) as refused:
        latin_suggestions("Ош", "xx")
    assert refused.value.code == "names.unknown_language"
