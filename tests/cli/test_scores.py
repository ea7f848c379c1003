"""`sapar scores` on its example files and on files that are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from sapar.cli.scores import app
from sapar.formats.tables import read_table
from sapar.methods.scores import learning_gain

EXAMPLES = Path(__file__).parents[2] / "examples" / "scores"
ANSWERS = EXAMPLES / "answers.csv"
KEY = ["--key", EXAMPLES / "key.toml", "--items", EXAMPLES / "items.csv", "--values", EXAMPLES / "values.csv"]
BEFORE, AFTER = EXAMPLES / "before.csv", EXAMPLES / "after.csv"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "200"})


def saved(tmp_path: Path, *arguments: object) -> dict[str, Any]:
    path = tmp_path / "out.json"
    result = run(*arguments, "--out", path)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def written(tmp_path: Path, text: str, name: str) -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def listed(result: Result) -> list[str]:
    """The refused cells as the command names them."""
    assert result.exit_code == 2, result.output
    return [line.strip().split(" – ")[0] for line in result.output.splitlines() if line.startswith("  row")]


def test_the_example_is_scored_as_by_hand(tmp_path: Path) -> None:
    found = saved(tmp_path, "score", ANSWERS, *KEY)
    value = {"never": 0, "seldom": 1, "often": 2, "always": 3, "no": 0, "yes": 3}
    items = [
        (row["item"], float(row["weight"]), row["reverse"] == "yes")
        for row in read_table(EXAMPLES / "items.csv").rows
    ]
    assert len(found["scores"]) == 36
    for line in found["scores"]:
        given = [
            (w, 3 - value[line[name]] if turned else value[line[name]])
            for name, w, turned in items
            if line[name]
        ]
        assert line["answered"] == pytest.approx(len(given) / 6)
        expected = sum(w * v for w, v in given) / sum(w for w, _ in given) if len(given) / 6 >= 0.75 else None
        assert line["score"] == (None if expected is None else pytest.approx(expected))
        assert line["instrument"] == "Invented Belonging Scale"
    assert {"score city", "score people"} <= set(found["scores"][0])
    assert {"what": "page", "value": "14"} in found["key"]


def test_a_key_with_doubts_gives_a_draft(tmp_path: Path) -> None:
    settings = written(
        tmp_path, (EXAMPLES / "key.toml").read_text().replace('"Bakyt"', '" aizada "'), "key.toml"
    )
    items = written(tmp_path, (EXAMPLES / "items.csv").read_text().replace("help,2", "help,"), "items.csv")
    asked = ["score", ANSWERS, "--key", settings, "--items", items, "--values", EXAMPLES / "values.csv"]
    result = run(*asked)
    assert result.exit_code == 0, result.output
    assert "Draft, not yet Invented Belonging Scale" in result.output
    assert "no weight yet: help" in result.output
    assert "the key was checked by who typed it" in result.output
    assert {line["instrument"] for line in saved(tmp_path, *asked)["scores"]} == {"draft"}
    named = run(*asked, "--named")
    assert (named.exit_code, "scores.may_not_bear_name" in named.output) == (1, True)


def test_all_answers_that_the_key_does_not_know_are_listed(tmp_path: Path) -> None:
    items = written(tmp_path, "item,low,high\na,1,5\nb,,\n", "items.csv")
    values = written(tmp_path, "item,answer,value\nb,x,1\nb,y,\n", "values.csv")
    people = written(tmp_path, "id,a,b\n1,9,x\n2,2,z\n3,two,x\n4,,\n", "people.csv")
    asked = ["score", people, "--key", EXAMPLES / "key.toml", "--items", items, "--values", values]
    assert listed(run(*asked)) == [
        "row 2, column “a”: “9”",
        "row 3, column “b”: “z”",
        "row 4, column “a”: “two”",
    ]
    valueless = run("score", written(tmp_path, "a,b\n1,y\n2,y\n", "p.csv"), *asked[2:])
    assert listed(valueless) == ["row 2, column “b”: “y”", "row 3, column “b”: “y”"]
    assert "has no value in the key yet" in valueless.output


def test_all_bad_rows_of_a_key_are_listed_by_file(tmp_path: Path) -> None:
    items = written(tmp_path, "item,weight,reverse,low\na,heavy,,\na,1,maybe,\n,-1,,low\n", "items.csv")
    values = written(tmp_path, "item,answer,value\na,x,one\na,x,1\nz,x,1\na,,2\n", "values.csv")
    result = run("score", ANSWERS, "--key", EXAMPLES / "key.toml", "--items", items, "--values", values)
    assert sorted(listed(result)) == sorted(
        [
            "row 2, column “weight”: “heavy”",
            "row 3, column “item”: “a”",
            "row 3, column “reverse”: “maybe”",
            "row 4, column “item”: “”",
            "row 4, column “weight”: “-1”",
            "row 4, column “low”: “low”",
            "row 2, column “value”: “one”",
            "row 3, column “answer”: “x”",
            "row 4, column “item”: “z”",
            "row 5, column “answer”: “”",
        ]
    )
    assert "items.csv:" in result.output
    assert "values.csv:" in result.output


@pytest.mark.parametrize(
    "settings",
    [
        "instrument = ",
        'instrument = "I"\nauthor = "x"',
        'instrument = "I"\ntyped_by = "A"\ncombine = "median"',
        'instrument = "I"\ntyped_by = "A"\nmissing = 3',
        'instrument = "I"\ntyped_by = "A"\n[missing]\npolicy = "guess"',
        'instrument = "I"\ntyped_by = "A"\n[missing]\npolicy = "value"',
        'instrument = "I"\ntyped_by = "A"\n[missing]\nleast_share = "half"',
        'instrument = "I"\ntyped_by = "A"\n[missing]\nleast = 1',
        'typed_by = "A"',
        "[" * 2000,
    ],
)
def test_settings_that_are_none_are_refused_in_words(tmp_path: Path, settings: str) -> None:
    result = run("score", ANSWERS, "--key", written(tmp_path, settings, "key.toml"), *KEY[2:])
    assert result.exit_code in (1, 2)
    assert isinstance(result.exception, SystemExit), result.output
    assert result.output.strip()


def test_gain_of_two_files_matches_people_by_their_id(tmp_path: Path) -> None:
    found = saved(tmp_path, "gain", BEFORE, AFTER, "--seed", "1", "--repeats", "500")
    first = {row["id"]: float(row["before"]) for row in read_table(BEFORE).rows}
    last = {row["id"]: float(row["after"]) for row in read_table(AFTER).rows}
    both = sorted(first.keys() & last.keys())
    expected = learning_gain(
        [first[one] for one in both], [last[one] for one in both], best=100, seed=1, repeats=500
    )
    assert expected.of_class.bca is not None
    line = found["gains"][0]
    assert (line["value"], line["low"], line["high"]) == (
        expected.of_class.value, expected.of_class.bca.low, expected.of_class.bca.high,
    )  # fmt: skip
    mean = (np.mean([last[one] for one in both]), np.mean([first[one] for one in both]))
    assert line["value"] == pytest.approx((mean[0] - mean[1]) / (100 - mean[1]))
    facts = {one["what"]: one["value"] for one in found["facts"]}
    assert (facts["matched"], facts["unmatched"]) == (len(both), len(first.keys() ^ last.keys()))
    again = saved(tmp_path, "gain", BEFORE, AFTER, "--seed", "1", "--repeats", "500")
    assert again == found
    assert (
        saved(tmp_path, "gain", BEFORE, AFTER, "--seed", "2", "--repeats", "500")["gains"] != found["gains"]
    )


def test_gain_of_one_file_and_other_columns(tmp_path: Path) -> None:
    """Thirteen pupils of a published example; the average of single gains is printed as .31."""
    before = [45, 75, 60, 40, 65, 90, 53, 60, 40, 42, 58, 24, 45]
    after = [70, 50, 80, 40, 70, 95, 59, 90, 95, 45, 88, 30, 89]
    rows = "".join(f"{b},{a}\n" for b, a in zip(before, after, strict=True))
    file = written(tmp_path, "pre,post\n" + rows + "50,\n", "pupils.csv")
    found = saved(tmp_path, "gain", file, "--before", "pre", "--after", "post", "--repeats", "200")
    assert round(found["gains"][1]["value"], 2) == 0.31
    assert found["facts"][-1] == {"what": "unmatched", "value": 1}


def test_all_bad_scores_of_both_files_are_listed(tmp_path: Path) -> None:
    one = written(tmp_path, "id,before\na,10\na,20\n,30\nb,120\n", "one.csv")
    other = written(tmp_path, "id,after\na,ten\nb,-1\n", "other.csv")
    assert sorted(listed(run("gain", one, other))) == [
        "row 2, column “after”: “ten”",
        "row 3, column “after”: “-1”",
        "row 3, column “id”: “a”",
        "row 4, column “id”: “”",
        "row 5, column “before”: “120”",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["gain", BEFORE],
        ["gain", BEFORE, AFTER, "--best", "0"],
        ["gain", BEFORE, AFTER, "--level", "1"],
        ["gain", BEFORE, AFTER, "--repeats", "0"],
        ["gain", BEFORE, AFTER, "--seed", "-1"],
        ["gain", BEFORE, AFTER, "--repeats", "1000000000"],
        ["gain", BEFORE, AFTER, "--person", "name"],
        ["gain", BEFORE, AFTER, "--out", "nowhere/out.csv"],
        ["gain", "nothing.csv"],
        ["score", ANSWERS, "--key", "nothing.toml", "--items", EXAMPLES / "items.csv"],
        ["score", BEFORE, *KEY],
        ["score", ANSWERS, *KEY[:4]],
    ],
)
def test_refusals_have_an_exit_code_and_no_traceback(arguments: list[object]) -> None:
    result = run(*arguments)
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), result.output
