"""Numerals in names of institutions: Lyon 1 is not Lyon 2, and Paris XII is Paris 12."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.names import Candidate, InstitutionIndex, InstitutionQuery, InstitutionRecord
from sapar.methods.names.institutions.numerals import in_digits
from sapar.methods.names.institutions.parsing import parse_name, place_words


def directory(*names: str, country: str = "FR", city: str = "") -> InstitutionIndex:
    return InstitutionIndex(
        [
            InstitutionRecord(key=name, names=tuple(name.split("; ")), country=country, city=city)
            for name in names
        ]
    )


def best(index: InstitutionIndex, name: str, *, country: str = "FR", city: str = "") -> Candidate:
    return index.match(InstitutionQuery(name=name, country=country, city=city))[0]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Université Rennes II", {2}),
        ("UNIVERSITE RENNES II", {2}),
        ("Université Rennes ii", {2}),
        ("Université Paris Xii", {12}),
        ("Université de Rennes (II)", {2}),
        ("Université Toulouse II-Jean Jaurès", {2}),
        ("Université de Yaoundé I", {1}),
        ("Mohammed V University", {5}),
        ("Université Ⅱ", {2}),
        ("Университет имени Павла ІІ", {2}),
        ("Lyon2", {2}),
        ("Université Lyon 02", {2}),
        ("School No. 2", {2}),
        ("Nr. 1 school", {1}),
        ("Lycée N°3", {3}),
        ("Lycée nº 3", {3}),
        ("Школа № 4", {4}),
        ("№4 мектеп", {4}),
        ("1-й медицинский институт", {1}),
        ("2-ая школа", {2}),
        ("5-мектеп", {5}),
        ("3rd Medical School", {3}),
        ("1er lycée", {1}),
        ("Universitas 17 Agustus 1945", {17, 1945}),
        ("مدرسة ٢", {2}),
        ("University XXI", {21}),
        # What only looks like a numeral.
        ("Xi'an Jiaotong University", set()),
        ("Xi Jinping Institute", set()),
        ("Universitetet i Oslo", set()),
        ("UNIVERSITETET I OSLO", set()),
        ("UNIVERZA V LJUBLJANI", set()),
        ("V. Karazin University", set()),
        ("D. V. Raman University", set()),
        ("I Javakhishvili University", set()),
        ("Université d'Orléans", set()),
        ("Institute IIII", set()),
        ("Institute VX", set()),
    ],
)
def test_numerals_are_read(text: str, numbers: set[int]) -> None:
    found = {
        int(word.removeprefix("number:")) for word in parse_name(text).concepts if word.startswith("number:")
    }
    assert found == numbers


@given(st.integers(2, 39))
def test_roman_and_arabic_numerals_are_one(value: int) -> None:
    tens, ones = divmod(value, 10)
    roman = "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]
    given_name, known = parse_name(f"Université Paris {roman}"), parse_name(f"Université Paris n° {value}")
    assert set(given_name.concepts) == set(known.concepts)


@given(st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_once_and_for_all(text: str) -> None:
    assert parse_name(in_digits(text)).concepts == parse_name(in_digits(in_digits(text))).concepts
    parse_name(text)


def test_digits_without_end_are_a_number_like_any_other() -> None:
    assert parse_name("School " + "7" * 20_000).concepts == ("kind:school", "number:" + "7" * 20_000)


LYON = ("Université Claude Bernard Lyon 1", "Université Lumière Lyon 2", "Université Jean Moulin Lyon 3")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("UNIVERSITE LYON 1 CLAUDE BERNARD", LYON[0]),
        ("Université Lyon I Claude Bernard", LYON[0]),
        ("Univ. Lumière Lyon II", LYON[1]),
        ("UNIVERSITE JEAN MOULIN - LYON III", LYON[2]),
        ("Universite Jean Moulin Lyon3", LYON[2]),
    ],
)
def test_a_numeral_finds_its_university_in_either_notation(name: str, key: str) -> None:
    found = best(directory(*LYON), name)
    assert (found.key, found.decision) == (key, "same")


@pytest.mark.parametrize(
    ("known", "given_name"),
    [
        ("University of Rennes", "Université Rennes II"),
        ("Université de Rennes", "UNIVERSITE DE RENNES I"),
        ("University of Rennes 1", "Université Rennes II"),
        ("University of Rennes 1", "University of Rennes"),
        ("Université Jean Moulin Lyon III", "Université Jean Moulin Lyon 2"),
        ("Université Jean Moulin Lyon III", "Université Jean Moulin (Lyon)"),
        ("Université Bordeaux Montaigne", "Université Bordeaux III Montaigne"),
        ("Université de Bordeaux 4", "Université de Bordeaux IV / Université de Bordeaux V"),
        ("Université Paris 12", "Université Paris XIII"),
        ("Université Paris 12", "Université Paris 21"),
        ("Université de Yaoundé I", "Université de Yaoundé II"),
        ("Université de Yaoundé", "UNIVERSITE DE YAOUNDE I"),
        ("Université de Yaoundé", "UNIVERSITE YAOUNDE I CAMEROUN"),
        ("Hassan II University Casablanca", "Hassan I University Casablanca"),
        ("Hassan University Casablanca", "HASSAN V UNIVERSITY CASABLANCA"),
        ("School No. 1 Naryn", "School No. 2 Naryn"),
        ("Nr. 1 Naryn school", "Nr. 11 Naryn school"),
        ("Naryn school", "Naryn school № 1"),
        ("Academy named after John Paul II in Naryn", "Academy named after John Paul I in Naryn"),
        ("Universitas 17 Agustus 1945 Semarang", "Universitas 17 Agustus 1954 Semarang"),
        ("42Naryn Academy of Programming", "43Naryn Academy of Programming"),
    ],
)
def test_another_number_or_none_is_never_joined(known: str, given_name: str) -> None:
    index = directory(known)
    for country, city in product(("FR", ""), ("", "Naryn", "Lyon 2", "Paris XII")):
        found = index.match(InstitutionQuery(name=given_name, country=country, city=city))
        assert all(candidate.decision != "same" for candidate in found), found


def test_the_other_number_is_a_reason_in_facts() -> None:
    found = best(directory("Université de Rennes"), "Université Rennes II")
    (left,) = (reason for reason in found.reasons if reason.code == "names.words_left_over")
    assert left.facts == {"given": "II", "known": ""}


@pytest.mark.parametrize(
    ("known", "given_name"),
    [
        ("Université Paris 1 Panthéon-Sorbonne", "UNIVERSITE PARIS I PANTHEON-SORBONNE"),
        ("Universitat Rovira i Virgili", "UNIVERSITAT ROVIRA I VIRGILI"),
        ("Universitetet i Bergen", "UNIVERSITETET I BERGEN"),
        ("Janáčkova akademie múzických umění v Brně", "JANACKOVA AKADEMIE MUZICKYCH UMENI V BRNE"),
        ("Mohammed V University in Rabat", "MOHAMMED V UNIVERSITY IN RABAT"),
        ("Mohammed V University in Rabat", "Mohammed 5 University in Rabat"),
        ("Akademia Bialska im. Jana Pawła II", "AKADEMIA BIALSKA"),
        ("Academy named after John Paul II in Naryn", "Academy named after John Paul 2 in Naryn"),
    ],
)
def test_a_letter_that_may_be_a_numeral_does_not_stop_its_own_name(known: str, given_name: str) -> None:
    assert best(directory(known), given_name).decision == "same"


def test_numbers_of_districts_and_post_offices_explain_nothing() -> None:
    assert place_words("Paris 12") == place_words("Paris CEDEX 16") - {"cedex"} == place_words("Paris")
