"""What is wrong with a cell, in the words of who reads it."""

from __future__ import annotations

import pytest
from django.utils import translation

from sapar.core.cells import reader_words
from sapar.formats.tables import Reader, read_table


@pytest.mark.parametrize(("language", "words"), [("ru", "не число"), ("ky", "сан эмес"), ("uz", "son emas")])
def test_what_is_wrong_with_a_cell_is_said_in_the_language_of_the_reader(language: str, words: str) -> None:
    table = read_table(b"code,title,credits\nANA1,Anatomy,none\n")
    with translation.override(language):
        reader = Reader(table, words=reader_words())
        reader.number(table.rows[0], "credits")
    assert [problem.reason for problem in reader.problems] == [words]
