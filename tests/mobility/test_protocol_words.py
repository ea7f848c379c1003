"""How the protocol says by which way marks were converted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sapar.mobility.papers.recognition import _ways


def studied(mark: str, result: str, method: str = "same", *, passing: bool = True) -> dict[str, Any]:
    conversion = {
        "mark": mark, "result": result, "method": method, "table": "own", "table_title": "Demo scale",
        "passing": passing, "source": "https://example.org/scale",
    }  # fmt: skip
    return {"mark": mark, "conversion": conversion}


def sentences(*lines: dict[str, Any]) -> list[str]:
    decisions: Any = [SimpleNamespace(studied=[line]) for line in lines]
    return [words["en"] for words in _ways(decisions, ["en"])]


def test_marks_without_a_conversion_are_told_together() -> None:
    told = sentences(
        studied("C", "P"), studied("A", "P"), studied("C", "P"), studied("F", "F", passing=False)
    )
    assert len(told) == 2
    assert told[0].startswith("“C, A” is passed on the scale “Demo scale”")
    assert told[0].endswith("https://example.org/scale")
    assert told[1].startswith("“F” is not passed")


def test_each_converted_mark_has_its_own_sentence() -> None:
    told = sentences(studied("C", "P", "table"), studied("A", "P", "table"), studied("C", "P", "table"))
    assert [one.split(" becomes")[0] for one in told] == ["“C”", "“A”"]


def test_mark_that_could_not_be_read_says_why() -> None:
    refused = {"mark": "??", "conversion": None, "refusal_code": "", "refusal": "not on its scale"}
    assert sentences(refused, refused) == ["“??”: not on its scale"]
