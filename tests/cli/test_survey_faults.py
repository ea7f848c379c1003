"""`sapar survey` names all rows that are wrong, and does not take one thing for another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sapar.cli.survey import app

EXAMPLES = Path(__file__).parents[2] / "examples" / "survey"
ANSWERS = EXAMPLES / "answers.csv"
DESIGN = ["--weights", "weight", "--strata", "university", "--clusters", "group", "--fpc", "groups", "--nest"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def saved(tmp_path: Path, *arguments: object) -> dict[str, Any]:
    path = tmp_path / "out.json"
    result = run(*arguments, "--out", path)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def written(tmp_path: Path, text: str, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def listed(result: Result) -> list[str]:
    """The refused cells as the command names them."""
    assert result.exit_code == 2, result.output
    return [line.strip().split(" – ")[0] for line in result.output.splitlines() if line.startswith("  row")]


@pytest.mark.parametrize(
    ("rows", "options", "expected"),
    [
        (
            "1,a,1,9\n1,a,2,8\n1,b,3,9\n1,b,4,7\n",
            ["--fpc", "f"],
            ["row 3, column “f”: “8”", "row 5, column “f”: “7”"],
        ),
        (
            "1,a,1,9\n1,a,2,9\n1,b,1,9\n1,b,2,9\n",
            ["--clusters", "c"],
            ["row 4, column “c”: “1”", "row 5, column “c”: “2”"],
        ),
        (
            "1,a,1,1\n1,a,2,1\n1,b,1,5\n1,b,2,5\n",
            ["--fpc", "f"],
            ["row 2, column “f”: “1”", "row 3, column “f”: “1”"],
        ),
        (
            "1,a,1,0.5\n1,a,2,0.5\n1,b,1,5\n1,b,2,5\n",
            ["--fpc", "f"],
            ["row 2, column “f”: “0.5”", "row 3, column “f”: “0.5”"],
        ),
        ("1,a,1,9\nx,a,2,9\n-1,b,1,9\n", [], ["row 3, column “w”: “x”", "row 4, column “w”: “-1”"]),
    ],
)
def test_all_rows_that_contradict_the_design_are_listed(
    tmp_path: Path, rows: str, options: list[str], expected: list[str]
) -> None:
    path = written(tmp_path, "w,s,c,f\n" + rows)
    assert listed(run("describe", path, "c", "--weights", "w", "--strata", "s", *options)) == expected


def test_amounts_with_some_words_among_them_are_not_taken_for_answers(tmp_path: Path) -> None:
    path = written(tmp_path, "y,g\n1,a\n2,b\n12k,a\n4,b\n,a\n#N/A,b\n7,a\n")
    wrong = ["row 4, column “y”: “12k”", "row 7, column “y”: “#N/A”"]
    for command in (
        ["describe", path, "y"],
        ["test", path, "y", "g"],
        ["regress", path, "g", "y", "--family", "logistic"],
    ):
        assert listed(run(*command)) == wrong
    assert "--coded" in run("describe", path, "y").output
    shares = saved(tmp_path, "describe", path, "y", "--coded", "y")["estimates"]
    assert {line["of"] for line in shares} == {"1", "2", "4", "7", "12k", "#N/A"}


def test_shares_by_group_have_their_own_intervals_and_design_effects(tmp_path: Path) -> None:
    lines = saved(tmp_path, "describe", ANSWERS, "feels_safe", "--by", "country", *DESIGN)["estimates"]
    assert len(lines) == 8
    pakistan = next(line for line in lines if line["of"] == "Pakistan: no")
    assert (round(100 * pakistan["value"], 1), round(100 * pakistan["se"], 1)) == (52.1, 5.1)
    alone = saved(
        tmp_path, "describe", ANSWERS, "feels_safe", "--where", "country=Pakistan", *DESIGN
    )["estimates"][0]  # fmt: skip
    assert {name: pakistan[name] for name in alone if name != "of"} == {
        name: value for name, value in alone.items() if name != "of"
    }
    beta = saved(
        tmp_path, "describe", ANSWERS, "feels_safe", "--interval", "beta", *DESIGN
    )["estimates"][0]  # fmt: skip
    logit = saved(tmp_path, "describe", ANSWERS, "feels_safe", *DESIGN)["estimates"][0]
    assert beta["low"] != logit["low"]
    assert 0 < beta["low"] < beta["value"] < beta["high"] < 1
    same = written(tmp_path, "q\n" + "yes\n" * 5)
    only = saved(tmp_path, "describe", same, "q")["estimates"]
    assert (only[0]["value"], only[0]["low"], only[0]["high"]) == (1.0, None, None)


def test_a_domain_in_which_somebody_is_unknown_is_refused() -> None:
    result = run("describe", ANSWERS, "rent", "--where", "country=India,Mars,Venus")
    assert (result.exit_code, "Mars, Venus" in result.output) == (2, True)


def test_a_wald_test_that_is_not_defined_leaves_the_others(tmp_path: Path) -> None:
    rows = "".join(f"{q},{g}\n" for q, g in ("xa", "xb", "yb", "yc", "zc", "za") for _ in range(3))
    tests = saved(tmp_path, "test", written(tmp_path, "q,g\n" + rows), "q", "g")["tests"]
    assert [one["test"] for one in tests] == [
        "F", "chisq", "wald", "adjusted-wald", "exact", "saddlepoint",
    ]  # fmt: skip
    assert tests[0]["p"] is not None
    one = run("test", written(tmp_path, "q,g\n" + "x,a\n" * 4), "q", "g")
    assert (one.exit_code, "surveys.one_level" in one.output) == (1, True)
    alone = run("test", ANSWERS, "feels_safe")
    assert (alone.exit_code, alone.exception is None or isinstance(alone.exception, SystemExit)) == (2, True)


def test_ordinal_values_are_numbers_or_have_an_order(tmp_path: Path) -> None:
    # As texts "10" would stand before "2".
    path = written(tmp_path, "a,b\n1,1\n2,10\n10,10\n2,2\n10,2\n")
    found = saved(tmp_path, "agree", path, "--coders", "a,b", "--scale", "ordinal", "--bootstrap", "0")
    words = path.read_text().replace("10", "high").replace("1,", "low,").replace("1\n", "low\n")
    named = written(tmp_path, words.replace("2", "mid"), "words.csv")
    asked = ["agree", named, "--coders", "a,b", "--scale", "ordinal", "--bootstrap", "0"]
    ordered = saved(tmp_path, *asked, "--order", "low,mid,high")
    assert ordered["agreement"] == found["agreement"]
    assert len(listed(run(*asked))) == 10
    assert listed(run(*asked, "--order", "low,high")) == [
        f"row {row}, column “{coder}”: “mid”" for row, coder in ((3, "a"), (5, "a"), (5, "b"), (6, "b"))
    ]
    assert run("agree", named, "--coders", "a,b", "--order", "low,mid,high").exit_code == 2


def test_all_values_off_a_ratio_scale_are_listed(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,-2\n-3,x\n2,2\n")
    assert listed(run("agree", path, "--coders", "a,b", "--scale", "ratio")) == [
        "row 3, column “a”: “-3”",
        "row 2, column “b”: “-2”",
        "row 3, column “b”: “x”",
    ]
    twice = run("agree", path, "--coders", "a,a")
    assert (twice.exit_code, "Named twice: a" in twice.output) == (2, True)


SPANS, TEXT = EXAMPLES / "spans.csv", EXAMPLES / "interview.txt"


@pytest.mark.parametrize(
    ("unit", "uncoded", "units", "left_out"),
    [
        ("sentence", "count", 8, 0),
        ("sentence", "drop", 5, 3),
        ("sentence", "missing", 5, 3),
        ("turn", "drop", 3, 2),
        ("segment", "drop", 8, 4),
        ("character", "count", 264, 0),
    ],
)
def test_coders_agree_over_the_units_that_are_chosen(
    tmp_path: Path, unit: str, uncoded: str, units: int, left_out: int
) -> None:
    asked = ["agree-text", SPANS, "--text", TEXT, "--unit", unit, "--uncoded", uncoded, "--bootstrap", "0"]
    found = saved(tmp_path, *asked)
    text = TEXT.read_bytes().decode()
    assert len(found["units"]) == units
    assert all(text[one["start"] : one["end"]] == one["text"] for one in found["units"])
    assert f"nobody coded them: {left_out} units" in run(*asked).output
    assert [line["coefficient"] for line in found["agreement"]][1] == "Cohen's kappa"


def test_one_code_of_several_that_overlap_is_compared(tmp_path: Path) -> None:
    asked = ["agree-text", SPANS, "--text", TEXT, "--unit", "sentence", "--bootstrap", "0", "--code"]
    found = saved(tmp_path, *asked, "language")["units"]
    assert sorted({one["bakyt"] for one in found}) == ["no", "yes"]
    assert {one["aida"] for one in found} == {"no"}
    nobody = run(*asked, "weather")
    assert (nobody.exit_code, "weather" in nobody.output) == (2, True)


def test_all_spans_that_are_none_are_listed(tmp_path: Path) -> None:
    spans = written(tmp_path, "coder,code,start,end\nA,x,30,15\n,y,1,9999\nB,,x,33\nB,z,-1,2\n")
    assert listed(run("agree-text", spans, "--text", TEXT)) == [
        "row 2, column “end”: “15”",
        "row 3, column “end”: “9999”",
        "row 3, column “coder”: “”",
        "row 4, column “start”: “x”",
        "row 4, column “code”: “”",
        "row 5, column “start”: “-1”",
    ]
    broken = tmp_path / "text.txt"
    broken.write_bytes("Айжан".encode("cp1251"))
    for path in (broken, tmp_path / "none.txt"):
        refused = run("agree-text", SPANS, "--text", path)
        assert refused.exit_code == 2
        assert isinstance(refused.exception, SystemExit)


def test_places_count_line_ends_as_they_are(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_bytes(b"\xef\xbb\xbfR: One.\r\nR: Two.")
    spans = written(tmp_path, "coder,code,start,end\nA,x,9,16\nB,x,9,16\nB,y,0,7\n")
    units = saved(tmp_path, "agree-text", spans, "--text", text, "--unit", "turn")["units"]
    assert [(one["text"], one["A"], one["B"]) for one in units] == [
        ("R: One.", "", "y"),
        ("R: Two.", "x", "x"),
    ]


def test_all_codes_that_are_not_of_aapor_are_listed(tmp_path: Path) -> None:
    path = written(tmp_path, "disposition,w\n1.1,1\n9,2\n2.1x,-1\n,3\n")
    codes = [f"row {row}, column “disposition”: “{code}”" for row, code in ((3, "9"), (4, "2.1x"), (5, ""))]
    assert listed(run("rates", path)) == codes
    assert listed(run("rates", path, "--weights", "w")) == [*codes, "row 4, column “w”: “-1”"]
    good = written(tmp_path, "disposition,w\n1.1,1\n2.1,3\n")
    rates = saved(tmp_path, "rates", good, "--weights", "w")["rates"]
    assert rates[0] == {"rate": "RR1", "value": 0.25}


def test_interviewers_without_a_name_and_negative_times_are_listed(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a,b,c,who,s,g\n1,2,1,x,60,ru\n2,2,1,,-5,ru\n3,1,1,y,9,en\n1,1,1,,-9,en\n2,3,1,y,70,en\n"
    )
    asked = ["quality", path, "--items", "a,b,c", "--seconds", "s"]
    assert listed(run(*asked, "--interviewers", "who")) == [
        "row 3, column “who”: “”",
        "row 5, column “who”: “”",
    ]
    assert listed(run(*asked)) == ["row 3, column “s”: “-5”", "row 5, column “s”: “-9”"]
    whole = path.read_text().replace(",,-5", ",x,55").replace(",,-9", ",y,90")
    shown = run("quality", written(tmp_path, whole), "--items", "a,b,c", "--seconds", "s", "--groups", "g",
                "--interviewers", "who")  # fmt: skip
    assert shown.exit_code == 0, shown.output
    assert "surveys.no_variation" in shown.output
    assert "of their g: 1" in shown.output
    for odd in (["--interviewers", "who", "--seconds", "s"], ["--items", "a,a"]):
        assert run("quality", path, *odd).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["multiple", ANSWERS, "transport", "--separator", ""],
        ["regress", ANSWERS, "rent", "rent"],
        ["regress", ANSWERS, "rent", "sex", "sex"],
        ["table", ANSWERS, "--rows", "feels_safe,feels_safe"],
        ["table", ANSWERS, "--rows", "feels_safe", "--columns", "country,sex"],
        ["describe", ANSWERS, "rent", "--weights", "weight,students"],
    ],
)
def test_calls_that_mean_nothing_are_refused(arguments: list[str | Path]) -> None:
    result = run(*arguments)
    assert result.exit_code in (1, 2)
    assert isinstance(result.exception, SystemExit)


def test_a_minimum_beyond_everybody_hides_everything(tmp_path: Path) -> None:
    for extra in ([], ["--amount", "rent"]):
        asked = ["protect", ANSWERS, "--rows", "country", "--columns", "sex", "--minimum", "1000000000"]
        lines = saved(tmp_path, *asked, *extra)["counts"]
        assert {value for line in lines for name, value in line.items() if name != "country"} == {"×"}
