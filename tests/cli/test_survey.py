"""`sapar survey` on its example files and on files that are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sapar.cli.survey import app
from sapar.formats.tables import read_table

EXAMPLES = Path(__file__).parents[2] / "examples" / "survey"
ANSWERS = str(EXAMPLES / "answers.csv")
DESIGN = ["--weights", "weight", "--strata", "university", "--clusters", "group", "--fpc", "groups", "--nest"]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def saved(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    path = tmp_path / "out.json"
    result = run(*arguments, "--out", path)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_describe_gives_means_quartiles_and_shares(tmp_path: Path) -> None:
    lines = saved(tmp_path, "describe", ANSWERS, "rent", "feels_safe", *DESIGN)["estimates"]
    assert [line["what"] for line in lines] == ["mean", "quantile", "quantile", "quantile", "share", "share"]
    assert (lines[0]["n"], lines[0]["missing"]) == (322, 26)
    assert lines[4]["value"] + lines[5]["value"] == pytest.approx(1.0)
    assert lines[0]["low"] < lines[0]["value"] < lines[0]["high"]


def test_describe_by_group_and_within_a_domain(tmp_path: Path) -> None:
    lines = saved(tmp_path, "describe", ANSWERS, "rent", "--by", "country", *DESIGN)["estimates"]
    assert [line["of"] for line in lines] == ["India", "Kazakhstan", "Pakistan", "Uzbekistan"]
    inside = saved(tmp_path, "describe", ANSWERS, "rent", "--where", "country=India", *DESIGN)["estimates"]
    assert inside[0]["value"] == pytest.approx(lines[0]["value"])
    assert inside[0]["se"] == pytest.approx(lines[0]["se"])


def test_tables_have_letters_and_tests(tmp_path: Path) -> None:
    found = saved(
        tmp_path,
        "table",
        ANSWERS,
        "--rows",
        "feels_safe,study",
        "--columns",
        "country",
        "--compare",
        "holm",
        *DESIGN,
    )
    assert [test["question"] for test in found["tests"]] == ["feels_safe", "study"]
    assert found["tests"][0]["p"] == pytest.approx(6.46028e-05, rel=1e-5)
    cells = {(c["question"], c["row"], c["column"]): c for c in found["cells"]}
    assert cells["feels_safe", "no", "Pakistan"]["letters"] == "ABD"
    assert cells["study", "1", "India"]["n"] == 7
    assert sum(cells["feels_safe", row, "India"]["share"] for row in ("yes", "no")) == pytest.approx(1.0)


def test_a_table_without_columns_and_of_counts(tmp_path: Path) -> None:
    found = saved(tmp_path, "table", ANSWERS, "--rows", "sex", "--share", "count", *DESIGN)
    assert sum(cell["share"] for cell in found["cells"]) == pytest.approx(3649.82, abs=0.01)
    assert found["tests"][0]["p"] is None


def test_tests_of_answers_and_of_amounts(tmp_path: Path) -> None:
    tests = saved(tmp_path, "test", ANSWERS, "feels_safe", "country", *DESIGN)["tests"]
    assert [test["test"] for test in tests] == ["F", "chisq", "wald", "adjusted-wald", "exact"]
    two = saved(tmp_path, "test", ANSWERS, "rent", "sex", *DESIGN)["tests"][0]
    assert (two["compared"], two["df"]) == ("woman less man", 30.0)
    one = saved(tmp_path, "test", ANSWERS, "rent", "--null", "13000", *DESIGN)["tests"][0]
    assert one["compared"] == "mean less 13000"
    assert one["t"] == pytest.approx(one["estimate"] / one["se"])


def test_regressions(tmp_path: Path) -> None:
    found = saved(
        tmp_path, "regress", ANSWERS, "feels_safe", "country", "year", "--family", "logistic", *DESIGN
    )
    assert [line["name"] for line in found["coefficients"]][1:3] == ["country=Kazakhstan", "country=Pakistan"]
    assert found["predictors"][0]["predictor"] == "country"
    turned = saved(
        tmp_path,
        "regress",
        ANSWERS,
        "feels_safe",
        "country",
        "year",
        "--family",
        "logistic",
        "--yes",
        "no",
        *DESIGN,
    )
    for one, other in zip(found["coefficients"], turned["coefficients"], strict=True):
        assert one["value"] == pytest.approx(-other["value"], abs=1e-9)
    jackknifed = saved(tmp_path, "regress", ANSWERS, "rent", "sex", "--jackknife", *DESIGN)
    assert jackknifed["coefficients"][1]["se"] > 0


def test_a_question_with_several_answers(tmp_path: Path) -> None:
    lines = saved(tmp_path, "multiple", ANSWERS, "transport", *DESIGN)["answers"]
    assert [line["answer"] for line in lines] == ["bicycle", "bus", "taxi", "walk"]
    assert sum(line["% of answers"] for line in lines) == pytest.approx(100)
    assert sum(line["% of respondents"] for line in lines) > 100


def test_raked_weights_meet_the_margins(tmp_path: Path) -> None:
    out = tmp_path / "weighted.csv"
    result = run("weight", ANSWERS, "--margins", EXAMPLES / "margins.csv", "--base", "weight", "--out", out)
    assert result.exit_code == 0, result.output
    table = read_table(out)
    women = sum(float(row["weight"]) for row in table.rows if row["sex"] == "woman")
    assert women == pytest.approx(1400)
    assert len(table) == 348
    trimmed = run(
        "weight", ANSWERS, "--margins", EXAMPLES / "margins.csv", "--base", "weight", "--most", "1.5"
    )
    assert "trimmed" in trimmed.output


def test_quality_marks_straight_lines_and_hasty_answers(tmp_path: Path) -> None:
    out = tmp_path / "marked.csv"
    result = run(
        "quality", ANSWERS, "--items", "study,housing,people,city", "--seconds", "seconds",
        "--interviewers", "interviewer", "--out", out,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "Cronbach's alpha 0.528" in result.output
    table = read_table(out)
    assert table.column("hasty").count("yes") == 12


def test_outcome_rates_of_cases() -> None:
    result = run("rates", EXAMPLES / "cases.csv")
    assert result.exit_code == 0, result.output
    assert "0.549296" in result.output


def test_agreement_of_coders(tmp_path: Path) -> None:
    codings = str(EXAMPLES / "codings.csv")
    three = saved(tmp_path, "agree", codings, "--coders", "aida,bakyt,chynara")["agreement"]
    assert [line["coefficient"] for line in three] == ["Krippendorff's alpha (nominal)", "Fleiss' kappa"]
    assert three[0]["low"] < three[0]["value"] < three[0]["high"]
    again = saved(tmp_path, "agree", codings, "--coders", "aida,bakyt,chynara")["agreement"]
    assert again == three
    two = saved(tmp_path, "agree", codings, "--coders", "aida,bakyt", "--bootstrap", "0")["agreement"]
    assert two[1]["coefficient"] == "Cohen's kappa"


def test_small_counts_cannot_be_found_by_subtraction(tmp_path: Path) -> None:
    lines = saved(tmp_path, "protect", ANSWERS, "--rows", "country", "--columns", "university")["counts"]
    across = [[line[name] for line in lines] for name in lines[0]]
    for values in [*(list(line.values()) for line in lines), *across]:
        assert values.count("×") != 1
    assert any("×" in line.values() for line in lines)


def test_people_who_stand_out_are_counted(tmp_path: Path) -> None:
    classes = saved(
        tmp_path, "anonymity", ANSWERS, "--traits", "university,country,sex,year", "--sensitive", "rent"
    )
    assert all(line["people"] < 3 for line in classes["classes"])
    assert len(classes["classes"]) > 0


def test_bad_cells_of_the_design_are_all_listed(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("w,s,q\n1,a,yes\nheavy,a,no\n-2,,yes\n")
    result = run("table", path, "--rows", "q", "--weights", "w", "--strata", "s")
    assert result.exit_code == 2
    for problem in ("row 3, column “w”", "row 4, column “w”", "row 4, column “s”", "3 problems"):
        assert problem in result.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["describe", ANSWERS, "nothing"], 2),
        (["describe", "no such file.csv", "rent"], 2),
        (["describe", ANSWERS, "rent", "--where", "country=Mars"], 2),
        (["describe", ANSWERS, "rent", "--lonely", "ignore"], 2),
        (["describe", ANSWERS, "rent", "--strata", "id"], 1),
        (["table", ANSWERS, "--rows", "id"], 2),
        (["regress", ANSWERS, "country", "sex"], 2),
        (["regress", ANSWERS, "country", "sex", "--family", "logistic"], 2),
        (["test", ANSWERS, "rent", "country"], 1),
        (["quality", ANSWERS], 2),
    ],
)
def test_refusals_have_an_exit_code_and_no_traceback(arguments: list[str], code: int) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
