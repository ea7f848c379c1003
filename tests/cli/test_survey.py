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
    assert [test["test"] for test in tests] == [
        "F", "chisq", "wald", "adjusted-wald", "exact", "saddlepoint",
    ]  # fmt: skip
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
    jackknifed = saved(tmp_path, "regress", ANSWERS, "rent", "sex", "--resample", "jackknife", *DESIGN)
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


def weights_of(path: Path) -> list[tuple[dict[str, str], float]]:
    table = read_table(path)
    return [(dict(row.cells), float(row["weight"])) for row in table.rows]


def test_post_stratified_weights_meet_every_cell(tmp_path: Path) -> None:
    out = tmp_path / "weighted.xlsx"
    result = run(
        "post-stratify", ANSWERS, "--cells", EXAMPLES / "cells.csv", "--base", "weight", "--out", out
    )
    assert result.exit_code == 0, result.output
    for cell in read_table(EXAMPLES / "cells.csv").rows:
        inside = [
            w for row, w in weights_of(out) if (row["country"], row["sex"]) == (cell["country"], cell["sex"])
        ]
        assert sum(inside) == pytest.approx(float(cell["count"]))


@pytest.mark.parametrize("distance", ["linear", "raking", "logit"])
def test_calibrated_weights_meet_counts_and_sums(tmp_path: Path, distance: str) -> None:
    out = tmp_path / "weighted.csv"
    bounds = ["--least", "0.5", "--most", "2"] if distance == "logit" else []
    result = run(
        "calibrate", ANSWERS, "--totals", EXAMPLES / "totals.csv", "--base", "weight",
        "--distance", distance, *bounds, "--out", out,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    rows = weights_of(out)
    assert sum(w * float(row["year"]) for row, w in rows) == pytest.approx(11000)
    assert sum(w for row, w in rows if row["country"] == "India") == pytest.approx(1480)


def test_trimmed_weights_keep_their_sum(tmp_path: Path) -> None:
    out = tmp_path / "weighted.csv"
    result = run("trim", ANSWERS, "--base", "weight", "--times", "2", "--strict", "--out", out)
    assert result.exit_code == 0, result.output
    found = [w for _, w in weights_of(out)]
    assert sum(found) == pytest.approx(3649.82, abs=0.01)
    assert max(found) == pytest.approx(20.0346, abs=1e-4)


def test_all_bad_rows_of_weights_are_listed(tmp_path: Path) -> None:
    people, cells, totals = tmp_path / "people.csv", tmp_path / "cells.csv", tmp_path / "totals.csv"
    people.write_text("sex,w,hours\nf,1,3\nm,heavy,\nx,-1,two\n,2,4\n")
    cells.write_text("sex,count\nf,10\nm,20\nf,30\n")
    totals.write_text("variable,category,total\nsex,f,10\nsex,m,many\nhours,,40\n")
    twice = run("post-stratify", people, "--cells", cells)
    assert (twice.exit_code, "row 4, column “sex”" in twice.output) == (2, True)
    cells.write_text("sex,count\nf,10\nm,20\n")
    unknown = run("post-stratify", people, "--cells", cells)
    assert unknown.exit_code == 2
    assert "row 4, column “sex”: “x”" in unknown.output
    assert "row 5, column “sex”" in unknown.output
    many = run("calibrate", people, "--totals", totals)
    assert (many.exit_code, "row 3, column “total”: “many”" in many.output) == (2, True)
    totals.write_text("variable,category,total\nhours,,40\n")
    hours = run("calibrate", people, "--totals", totals)
    assert (hours.exit_code, "2 problems" in hours.output) == (2, True)
    heavy = run("trim", people, "--base", "w", "--most", "2")
    assert heavy.exit_code == 2
    assert "“heavy”" in heavy.output
    assert "“-1”" in heavy.output


def test_a_cell_that_one_person_dominates_is_hidden(tmp_path: Path) -> None:
    grants = tmp_path / "grants.csv"
    lines = [
        "faculty,year,who,sum",
        "law,1,a,90",
        "law,1,b,5",
        "law,1,c,5",
        "law,2,a,30",
        "law,2,b,30",
        "law,2,c,30",
    ]
    lines += [
        f"arts,{year},{who},{value}" for year in (1, 2) for who, value in (("d", 30), ("e", 35), ("f", 40))
    ]
    grants.write_text("\n".join(lines) + "\n")
    asked = [
        "--rows",
        "faculty",
        "--columns",
        "year",
        "--minimum",
        "2",
        "--amount",
        "sum",
        "--contributor",
        "who",
    ]
    open_ = saved(tmp_path, "protect", str(grants), *asked)["counts"]
    assert "×" not in [value for line in open_ for value in line.values()]
    for rule in (["--dominance", "1,75"], ["--p-percent", "10"]):
        lines_ = saved(tmp_path, "protect", str(grants), *asked, *rule)["counts"]
        law = next(line for line in lines_ if line["faculty"] == "law")
        assert law["1"] == "×"
        for values in [list(line.values()) for line in lines_]:
            assert values.count("×") != 1


def test_two_releases_are_protected_together(tmp_path: Path) -> None:
    spring, first = str(EXAMPLES / "spring.csv"), tmp_path / "first.csv"
    table = ["--rows", "country", "--columns", "university", "--minimum", "5"]
    assert run("protect", spring, *table, "--out", first).exit_code == 0
    found = saved(tmp_path, "releases", spring, ANSWERS, "--key", "id", *table, "--published", str(first))
    assert {line["group"] for line in found["disclosed"]} == {"left", "joined"}
    assert found["disclosed"][0]["people"] == 1
    # 74 people before and 75 after are one person.
    before = {line["country"]: line for line in read_table(first).rows}
    after = {line["country"]: line for line in found["counts"]}
    assert (before["India"]["North Medical"], after["India"]["North Medical"]) == ("74", "×")
    shown = run("releases", spring, ANSWERS, "--key", "id", *table)
    assert (shown.exit_code, "surveys.keep_open_contradicts" in shown.output) == (1, True)
    other = run("releases", ANSWERS, ANSWERS, "--key", "id", *table, "--published", first)
    assert other.exit_code == 2
    assert "in the file of the first release" in other.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["post-stratify", ANSWERS, "--cells", str(EXAMPLES / "margins.csv")], 2),
        (
            [
                "calibrate",
                ANSWERS,
                "--totals",
                str(EXAMPLES / "totals.csv"),
                "--least",
                "0.99",
                "--most",
                "1.01",
            ],
            1,
        ),
        (["calibrate", ANSWERS, "--totals", str(EXAMPLES / "margins.csv")], 2),
        (["trim", ANSWERS, "--base", "weight"], 2),
        (["trim", ANSWERS, "--base", "weight", "--most", "nan"], 1),
        (["trim", ANSWERS, "--base", "weight", "--most", "1"], 1),
        (["trim", ANSWERS, "--base", "rent", "--most", "1"], 2),
        (["protect", ANSWERS, "--rows", "country", "--columns", "sex", "--dominance", "1,75"], 2),
        (
            [
                "protect",
                ANSWERS,
                "--rows",
                "country",
                "--columns",
                "sex",
                "--amount",
                "rent",
                "--dominance",
                "few",
            ],
            2,
        ),
        (["protect", ANSWERS, "--rows", "country", "--columns", "sex", "--minimum", "0"], 1),
        (["protect", ANSWERS, "--rows", "country", "--columns", "sex", "--amount", "transport"], 2),
        (["releases", ANSWERS, ANSWERS, "--key", "country", "--rows", "sex", "--columns", "year"], 2),
        (["describe", ANSWERS, "rent", "--level", "1.5"], 1),
        (["describe", ANSWERS, "rent", "--weights", "rent"], 2),
    ],
)
def test_further_refusals_have_an_exit_code_and_no_traceback(arguments: list[str], code: int) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


EMPTY = "w,s,y,q,r\n"
HOSTILE = {
    "nobody": EMPTY,
    "nothing": "",
    "one row": EMPTY + "1,a,2,yes,x\n",
    "no weight": EMPTY + "0,a,2,yes,x\n0,b,3,no,y\n",
    "one value": EMPTY + "1,a,2,yes,x\n" * 40,
    "gaps": EMPTY + "1,a,,,\n1,b,,,\n",
    "text": EMPTY + "1,a,two,yes,x\n1,b,NaN,no,y\n1,b,inf,no,y\n",
    "repeated header": "w,w,s,y,q,r\n1,2,a,2,yes,x\n1,2,b,3,no,y\n",
    "broken lines": EMPTY + "1,a\n1,b,3,no,y,more,and more\n",
    "many codes": EMPTY + "".join(f"1,a,{at},code {at},x\n" for at in range(300)),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "arguments",
    [
        ["describe", "y", "q", "--weights", "w", "--strata", "s"],
        ["table", "--rows", "q", "--columns", "r", "--weights", "w"],
        ["test", "y", "r", "--weights", "w"],
        ["regress", "y", "r", "--weights", "w"],
        ["multiple", "q", "--weights", "w"],
        ["trim", "--base", "w", "--most", "3"],
        ["protect", "--rows", "q", "--columns", "r"],
        ["anonymity", "--traits", "q,r"],
        ["quality", "--items", "y,w"],
        ["agree", "--coders", "q,r", "--bootstrap", "0"],
    ],
)
def test_hostile_files_get_an_answer_or_a_sentence(tmp_path: Path, name: str, arguments: list[str]) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HOSTILE[name])
    result = run(arguments[0], path, *arguments[1:])
    assert result.exit_code in (0, 1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert "nan" not in result.output.lower().replace("“nan”", "")
