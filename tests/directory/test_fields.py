"""ISCED-F 2013: 11 broad fields and 80 detailed ones."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from sapar.directory.fields import (
    BROAD,
    DETAILED,
    NARROW,
    field_codes,
    field_label,
    field_title,
    is_field,
)


def test_classification_has_eighty_detailed_fields_under_eleven_broad_ones() -> None:
    assert (len(BROAD), len(DETAILED)) == (11, 80)
    assert {code[:2] for code in DETAILED} == set(BROAD)


@pytest.mark.parametrize("code", ["0912", "0011", "0900", "0910", "0919", "0988", "0999", "1041"])
def test_detailed_and_derived_codes_are_fields(code: str) -> None:
    assert is_field(code)


@pytest.mark.parametrize("code", ["", "9", "0918", "1100", "0950", "09123", "09a2", "٠٩١٢"])
def test_other_codes_are_none(code: str) -> None:
    assert not is_field(code)


def test_narrow_fields_are_those_of_the_detailed_ones() -> None:
    assert set(NARROW) == {code[:3] for code in DETAILED}


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("0912", "Medicine"), ("0910", "Health"), ("0919", "Health"),
        ("0988", "Inter-disciplinary: Health and welfare"),
        ("0900", "Health and welfare"), ("09", "Health and welfare"), ("091", "Health"), ("77", "77"),
    ],
)  # fmt: skip
def test_derived_code_is_called_by_what_it_belongs_to(code: str, title: str) -> None:
    assert field_title(code) == title


@pytest.mark.parametrize(
    ("language", "words"),
    [("ru", "Фармация"), ("ky", "Фармация"), ("kk", "Фармация"), ("uz", "Farmatsiya")],
)
def test_fields_are_called_in_the_reader_s_language(language: str, words: str) -> None:
    with override(language):
        assert field_label("0916") == f"0916 {words}"


def test_choices_offer_each_detailed_field_once_and_one_interdisciplinary_field_a_group() -> None:
    codes = field_codes()
    assert len(codes) == len(set(codes)) == 80 + 11
    assert all(is_field(code) for code in codes)
