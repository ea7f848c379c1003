"""Sort keys follow the alphabets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.names import ALPHABETS, collation_key

SIZES = {"ru": 33, "ky": 36, "kk": 42, "kk-Latn": 31, "uz": 29, "uz-Cyrl": 35, "tg": 35}


def by(alphabet: str, words: list[str]) -> list[str]:
    return sorted(words, key=lambda word: collation_key(word, alphabet).encode())


def test_the_alphabets_have_their_official_number_of_letters() -> None:
    assert {name: len(set(letters)) for name, letters in ALPHABETS.items()} == SIZES


@pytest.mark.parametrize("alphabet", sorted(set(SIZES) - {"ru"}))
def test_letters_sort_in_the_order_of_the_alphabet(alphabet: str) -> None:
    letters = list(ALPHABETS[alphabet])
    assert by(alphabet, letters[::-1]) == letters
    doubled = [letter + "ya" for letter in letters]
    assert by(alphabet, doubled[::-1]) == doubled


def test_kyrgyz_letters_stand_beside_their_sisters() -> None:
    assert by("ky", ["Яна", "Үзген", "Өзгөн", "Узген", "Ош", "Ңарын", "Нарын"]) == [
        "Нарын", "Ңарын", "Ош", "Өзгөн", "Узген", "Үзген", "Яна",
    ]  # fmt: skip


def test_uzbek_digraphs_are_letters_whatever_the_apostrophe() -> None:
    words = [
        "Choʻlpon",
        "Shahlo",
        "G'ani",
        "O‘tkir",
        "Zafar",
        "Sohiba",
        "Salima",
        "Otabek",
        "Ishoq",
        "Is'hoq",
        "Gani",
    ]
    assert by("uz", words) == [
        "Gani", "Is'hoq", "Ishoq", "Otabek", "Salima", "Sohiba", "Zafar", "O‘tkir", "G'ani", "Shahlo", "Choʻlpon",
    ]  # fmt: skip


def test_russian_yo_differs_only_when_all_else_is_equal() -> None:
    assert by("ru", ["Сёмина", "Семёнов", "Семенова", "Семенов"]) == [
        "Семенов",
        "Семёнов",
        "Семенова",
        "Сёмина",
    ]


def test_words_come_before_case_and_marks() -> None:
    assert by("", ["ab", "Éa", "ea", "Ea", "a b", "a-c", "12", "2", "Ян", "Аб"]) == [
        "12", "2", "a b", "a-c", "ab", "ea", "Ea", "Éa", "Аб", "Ян",
    ]  # fmt: skip


def test_the_own_script_comes_first() -> None:
    assert by("ky", ["Osh", "Ош"]) == ["Ош", "Osh"]
    assert by("uz", ["Ош", "Osh"]) == ["Osh", "Ош"]


def test_an_unknown_alphabet_is_refused() -> None:
    with pytest.raises(MethodError) as refused:
        collation_key("Ош", "xx")
    assert refused.value.code == "names.unknown_alphabet"


@pytest.mark.parametrize("alphabet", ["ky", "kk", "uz-Cyrl", "tg", "kk-Latn"])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_small_words_compare_as_lists_of_letters(alphabet: str, data: st.DataObject) -> None:
    letters = st.sampled_from(ALPHABETS[alphabet])
    one, other = data.draw(st.lists(letters, max_size=6)), data.draw(st.lists(letters, max_size=6))
    place = {letter: at for at, letter in enumerate(ALPHABETS[alphabet])}
    expected = [place[letter] for letter in one] < [place[letter] for letter in other]
    assert (collation_key("".join(one), alphabet) < collation_key("".join(other), alphabet)) == expected


@given(st.text(max_size=12), st.text(max_size=12), st.sampled_from(["", *ALPHABETS]))
@settings(max_examples=200, deadline=None)
def test_keys_are_equal_only_for_one_text(one: str, other: str, alphabet: str) -> None:
    import unicodedata

    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (collation_key(one, alphabet) == collation_key(other, alphabet)) == same
