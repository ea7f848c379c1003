"""Whatever a list may have wrong has words: a code without them would be a page that breaks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sapar
from sapar.core.cells import CellWords
from sapar.partners.signed.wording import WORDS as SIGNED
from sapar.web.mobility.earlier.words import WORDS as EARLIER
from sapar.web.partners.imports.words import WORDS as PARTNERS

SOURCE = Path(sapar.__file__).parent
# The reader is the same for all lists; what it refuses by itself may happen in each of them.
READER = "RowReader"


def refusals_in(tree: ast.AST) -> Iterator[str]:
    """Codes written where something is refused: the last argument, whichever way it is chosen."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and call.args:
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ("refuse", "RowProblem"):
                last = call.args[-1]
                chosen = [last.body, last.orelse] if isinstance(last, ast.IfExp) else [last]
                yield from (one.value for one in chosen if isinstance(one, ast.Constant))  # type: ignore[misc]


def codes_in(*paths: str) -> set[str]:
    files = [file for path in paths for file in sorted(SOURCE.glob(path))]
    return {code for file in files for code in refusals_in(ast.parse(file.read_text(encoding="utf-8")))}


def codes_of_the_reader() -> set[str]:
    tree = ast.parse((SOURCE / "partners/rows.py").read_text(encoding="utf-8"))
    [reader] = [one for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and one.name == READER]
    return set(refusals_in(reader))


@pytest.mark.parametrize(
    ("words", "paths", "some"),
    [
        (PARTNERS, ["partners/rows.py"], "no_ror"),
        (SIGNED, ["partners/signed/*.py", "partners/services/signed/*.py"], "over_by_days"),
        (EARLIER, ["mobility/earlier/*.py", "mobility/services/earlier.py"], "host_open"),
    ],
    ids=["partners", "signed", "earlier"],
)
def test_every_refusal_has_words(words: CellWords, paths: list[str], some: str) -> None:
    codes = codes_in(*paths) | codes_of_the_reader()
    assert {some, "failed_formula"} <= codes
    assert sorted(codes - set(words.table)) == []


def test_a_cell_is_told_with_its_column_and_value() -> None:
    problem = {"row": 4, "column": "E-mail", "value": "at home", "reason": "no_email"}
    assert PARTNERS.both(problem) == "E-mail: “at home” is no e-mail address. Correct it or empty the cell."
    assert SIGNED.problem({**problem, "value": " "}) == "E-mail: is no e-mail address"
    assert EARLIER.problem({**problem, "column": ""}) == "“at home” is no e-mail address"
    follows = {"row": 5, "column": "", "value": "4", "reason": "with_row"}
    assert SIGNED.problem(follows) == "belongs to row 4, which cannot be taken"
