"""`sapar index` on its example files, and on files that are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sapar.cli.index import app

EXAMPLES = Path(__file__).parents[2] / "examples" / "index"
UNITS, TREE, MODEL = (str(EXAMPLES / name) for name in ("universities.csv", "tree.csv", "model.toml"))


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "160"})


def written(path: Path, *words: str) -> dict[str, list[dict[str, object]]]:
    result = call(*words, "--out", str(path))
    assert result.exit_code == 0, result.output
    return dict(json.loads(path.read_text()))


def test_build_ranks_and_keeps_a_record(tmp_path: Path) -> None:
    found = written(tmp_path / "index.json", "build", UNITS, TREE, "--model", MODEL)
    best = {row["unit"]: row["index"] for row in found["ranks"]}
    assert [unit for unit, rank in best.items() if rank == 1] == ["Maral"]
    assert {(row["unit"], row["indicator"]) for row in found["filled"]} == {
        ("Emgek", "joint_papers"), ("Sary-Ozon", "days"),
    }  # fmt: skip
    assert len(found["moved"]) == 1
    assert found["gaps"] == []


def test_without_imputation_the_gaps_are_told(tmp_path: Path) -> None:
    found = written(tmp_path / "index.json", "build", UNITS, TREE)
    empty = [row["unit"] for row in found["scores"] if row["index"] is None]
    assert empty == ["Emgek", "Sary-Ozon"]
    assert {(row["unit"], row["group"], row["missing"]) for row in found["gaps"]} == {
        ("Sary-Ozon", "quality", "days"), ("Emgek", "research", "joint_papers"),
        ("Emgek", "index", "research"), ("Sary-Ozon", "index", "quality"),
    }  # fmt: skip


def test_check_describes_and_flags(tmp_path: Path) -> None:
    found = written(tmp_path / "check.json", "check", UNITS, TREE, "--model", MODEL)
    assert [row["indicator"] for row in found["indicators"] if row["flags"] == "outliers"] == [
        "outgoing",
        "staff_out",
    ]
    assert {row["indicator"] for row in found["size"]} == {"outgoing", "staff_out"}
    assert sum(
        float(str(row["achieved"])) for row in found["weights"] if row["parent"] == "index"
    ) == pytest.approx(1)


def test_ranks_are_intervals_over_all_combinations(tmp_path: Path) -> None:
    result = call("ranks", UNITS, TREE, "--model", MODEL)
    assert result.exit_code == 0
    assert "768 runs (all combinations)" in result.output
    found = written(tmp_path / "ranks.json", "ranks", UNITS, TREE, "--model", MODEL)
    assert [(row["unit"], row["from"], row["to"]) for row in found["ranks"]][:2] == [
        ("Maral", 1, 3),
        ("Issyk", 1, 3),
    ]


def test_sensitivity_is_exact_when_all_combinations_are_built(tmp_path: Path) -> None:
    found = written(tmp_path / "s.json", "sensitivity", UNITS, TREE, "--model", MODEL)["sensitivity"]
    assert [row["choice"] for row in found] == ["scale", "outliers", "missing values", "weights"]
    for row in found:
        assert 0 <= float(str(row["S"])) <= float(str(row["T"])) <= 1
        assert row["S from"] == row["S"] == row["S to"]


def test_target_finds_the_cheapest_change(tmp_path: Path) -> None:
    words = (
        "target",
        UNITS,
        TREE,
        str(EXAMPLES / "levers.csv"),
        "--unit",
        "Umut",
        "--rank",
        "8",
        "--model",
        MODEL,
    )
    found = written(tmp_path / "moves.json", *words)["moves"]
    assert found
    for row in found:
        if row["indicator"] != "days":
            assert float(str(row["to"])) == int(float(str(row["to"])))
    assert "from rank 10 to 8" in call(*words).output


def test_target_out_of_reach_is_said_with_the_rank_that_can_be_had() -> None:
    words = (
        "target",
        UNITS,
        TREE,
        str(EXAMPLES / "levers.csv"),
        "--unit",
        "Bulak",
        "--rank",
        "1",
        "--model",
        MODEL,
    )
    result = call(*words)
    assert result.exit_code == 1
    assert "indices.target_out_of_reach" in result.output


def test_years_without_profile_and_ahp_run_on_their_examples(tmp_path: Path) -> None:
    years = written(
        tmp_path / "y.json", "years", str(EXAMPLES / "years.csv"), TREE, "--model", MODEL, "--fill", "linear"
    )
    assert len(years["scores"]) == 3 * 14
    assert len(years["change"]) == 14
    without = written(tmp_path / "w.json", "without", UNITS, TREE, "--model", MODEL)["without"]
    assert len(without) == 9
    profile = written(tmp_path / "p.json", "profile", UNITS, TREE, "--unit", "Maral", "--model", MODEL)[
        "profile"
    ]
    assert (profile[0]["rank"], len(profile)) == (1, 9)
    weights = written(tmp_path / "a.json", "ahp", str(EXAMPLES / "criteria.csv"))["weights"]
    assert sum(float(str(row["weight"])) for row in weights) == pytest.approx(1)


def test_workbook_has_a_sheet_for_every_record(tmp_path: Path) -> None:
    path = tmp_path / "index.xlsx"
    assert call("build", UNITS, TREE, "--model", MODEL, "--out", str(path)).exit_code == 0
    assert path.read_bytes()[:2] == b"PK"


def test_bad_rows_are_all_listed(tmp_path: Path) -> None:
    bad = tmp_path / "units.csv"
    bad.write_text("unit,a\nX,1\nY,many\n,3\n")
    tree = tmp_path / "tree.csv"
    tree.write_text("code,parent\na,I\nI,\n")
    result = call("build", str(bad), str(tree))
    assert result.exit_code == 2
    assert "row 3, column “a”: “many” – is not a number" in result.output
    assert "row 4, column “unit”: “” – is empty" in result.output
    assert "2 problems" in result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[imputation]\nmethod = 'guess'\n", "There is no imputation guess"),
        ("[imputation]\ncolour = 1\n", "[imputation] has no colour"),
        ("[normalization]\nmethod = 'minmax'\n", "there is no part normalization"),
        ("imputation = 3\n", "[imputation] must be a table"),
        ("[aggregation]\nmin_present = 'all'\n", "[aggregation]"),
        ("[noise]\nspread = 0.2\ncount = 3\n", "[noise] has no count"),
        ("[[choice]]\nname = 'x'\n", "A [[choice]] has a name"),
        ("[[", "model.toml"),
    ],
)
def test_a_wrong_model_file_is_refused_in_words(tmp_path: Path, text: str, message: str) -> None:
    model = tmp_path / "model.toml"
    model.write_text(text)
    result = call("ranks", UNITS, TREE, "--model", str(model))
    assert result.exit_code in (1, 2)
    assert message in " ".join(result.output.split())


def test_missing_files_and_columns_are_refused(tmp_path: Path) -> None:
    assert call("build", str(tmp_path / "none.csv"), TREE).exit_code == 2
    short = tmp_path / "units.csv"
    short.write_text("unit,incoming\nX,1\n")
    result = call("build", str(short), TREE)
    assert result.exit_code == 2
    assert "outgoing" in result.output
