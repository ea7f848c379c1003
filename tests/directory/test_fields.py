"""ISCED-F 2013: 11 broad fields and 80 detailed ones."""

from __future__ import annotations

import pytest

from sapar.directory.fields import BROAD, DETAILED, field_choices, field_title, is_field


def test_classification_has_eighty_detailed_fields_under_eleven_broad_ones() -> None:
    assert (len(BROAD), len(DETAILED)) == (11, 80)
    assert {code[:2] for code in DETAILED} == set(BROAD)


@pytest.mark.parametrize("code", ["0912", "0011", "0900", "0910", "0919", "0988", "0999", "1041"])
def test_detailed_and_derived_codes_are_fields(code: str) -> None:
    assert is_field(code)


@pytest.mark.parametrize("code", ["", "9", "0918", "1100", "0950", "09123", "09a2", "٠٩١٢"])
def test_other_codes_are_none(code: str) -> None:
    assert not is_field(code)


def test_derived_code_is_called_by_its_broad_field() -> None:
    assert (field_title("0912"), field_title("0988")) == ("Medicine", "Health and welfare")


def test_choices_offer_each_detailed_field_once_and_one_interdisciplinary_field_a_group() -> None:
    codes = [code for _title, fields in field_choices() for code, _words in fields]
    assert len(codes) == len(set(codes)) == 80 + 11
