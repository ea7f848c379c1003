"""`sapar index` on its example files, and on files that are wrong."""

from __future__ import annotations

import json
import re
import shlex
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


def test_weights_by_influence_make_siblings_count_alike(tmp_path: Path) -> None:
    found = written(tmp_path / "w.json", "weights", UNITS, TREE, "--model", MODEL, "--way", "influence")[
        "weights"
    ]
    shares: dict[object, float] = {}
    for row in found:
        shares[row["parent"]] = shares.get(row["parent"], 0.0) + float(str(row["weight"]))
    assert all(total == pytest.approx(1) for total in shares.values())
    assert set(shares) == {"index", "mobility", "staff", "research", "quality"}
    heavier = {str(row["code"]): str(row["weight"]) for row in found}
    tree = tmp_path / "tree.csv"
    lines = Path(TREE).read_text().splitlines()
    cells = [line.split(",", 2) for line in lines]
    assert "staff" in heavier
    assert cells[0][0] == "code"
    # The weights put into the tree do what they promise.
    rows = [line.rsplit(",", 8) for line in lines]
    body = [
        ",".join([head, heavier.get(head.split(",")[0], weight), *rest]) for head, weight, *rest in rows[1:]
    ]
    tree.write_text("\n".join([lines[0], *body]))
    again = written(
        tmp_path / "v.json",
        "weights",
        UNITS,
        str(tree),
        "--model",
        MODEL,
        "--way",
        "influence",
        "--group",
        "mobility",
    )["weights"]
    assert [row["declared"] for row in again] == pytest.approx([row["weight"] for row in again], abs=1e-6)


@pytest.mark.parametrize(("way", "weight"), [("equal", 1 / 4), ("level", 3 / 9)])
def test_weights_that_need_no_data(tmp_path: Path, way: str, weight: float) -> None:
    found = written(tmp_path / "w.json", "weights", UNITS, TREE, "--way", way, "--group", "index")["weights"]
    assert found[0]["code"] == "mobility"
    assert found[0]["weight"] == pytest.approx(weight)


def test_a_principal_component_against_its_group_is_refused_or_weighs_nothing(tmp_path: Path) -> None:
    words = ("weights", UNITS, TREE, "--model", MODEL, "--way", "first", "--group", "research")
    refused = call(*words)
    assert refused.exit_code in (0, 1)
    found = written(tmp_path / "w.json", *words, "--zero")["weights"]
    assert sum(float(str(row["weight"])) for row in found) == pytest.approx(1)
    assert call("weights", UNITS, TREE, "--way", "first", "--group", "days").exit_code == 2


def test_doubt_gives_nobody_more_than_one_and_keeps_the_bounds(tmp_path: Path) -> None:
    words = ("doubt", UNITS, TREE, "--model", MODEL)
    free = {row["unit"]: float(str(row["score"])) for row in written(tmp_path / "a.json", *words)["doubt"]}
    bound = written(tmp_path / "b.json", *words, "--share", "mobility=0.1:0.5")["doubt"]
    assert max(free.values()) == 1
    for row in bound:
        assert float(str(row["score"])) <= free[row["unit"]] + 1e-9
        assert 0.1 - 1e-9 <= float(str(row["share of mobility"])) <= 0.5 + 1e-9
    assert call(*words, "--share", "mobility").exit_code == 2
    assert call(*words, "--share", "mobility=2:3").exit_code == 1


def test_budget_lists_every_judge_who_did_not_spend_it(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("judge,mobility,staff\nA,60,40\nB,50,50\n")
    assert [row["weight"] for row in written(tmp_path / "w.json", "budget", str(points))["weights"]] == [
        0.55,
        0.45,
    ]
    points.write_text("judge,mobility,staff\nA,60,30\nB,50,50\nC,90,30\n")
    result = call("budget", str(points))
    assert result.exit_code == 2
    assert "gave 90 points instead of 100" in result.output
    assert "gave 120 points instead of 100" in result.output
    assert call("budget", str(points), "--total", "nan").exit_code != 0


def test_what_if_answers_on_both_scales(tmp_path: Path) -> None:
    words = ("what-if", UNITS, TREE, "--model", MODEL)
    (row,) = written(tmp_path / "w.json", *words, "--set", "Umut,incoming,200")["what if"]
    assert (row["rank"], row["rank then"]) == (10, 9)
    assert float(str(row["score then"])) > float(str(row["score"]))
    (same,) = written(tmp_path / "s.json", *words, "--set", "Umut,incoming,121")["what if"]
    assert same["score"] == same["score then"] == same["score rebuilt"]
    bad = call(*words, "--set", "Umut", "--set", "Umut,incoming,x", "--set", "Umut,days,1")
    assert bad.exit_code == 2
    assert "Umut; Umut,incoming,x" in bad.output


def test_compare_shows_who_moves_between_two_versions(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(Path(MODEL).read_text().replace('"arithmetic"', '"geometric"'))
    words = ("compare", UNITS, TREE, "--model", MODEL, "--with")
    found = written(tmp_path / "c.json", *words, str(other))["shifts"]
    moved = [float(str(row["places"])) for row in found]
    assert abs(moved[0]) == max(map(abs, moved)) > 0
    assert {row["places"] for row in written(tmp_path / "d.json", *words, MODEL)["shifts"]} == {0}


def test_years_part_the_own_change_from_that_of_the_field(tmp_path: Path) -> None:
    years = str(EXAMPLES / "years.csv")
    found = written(
        tmp_path / "y.json", "years", years, TREE, "--model", MODEL, "--fill", "linear", "--drift"
    )["drift"]
    for row in found:
        assert float(str(row["own"])) + float(str(row["field"])) == pytest.approx(float(str(row["relative"])))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("weights = 3", "[weights] must be a table"),
        ('[weights]\nincoming = "x"', "incoming: “x” is not a number"),
        ("choice = 3", "A [[choice]] has"),
        ('[[choice]]\nname = "a"\nsetting = "treatment"\noptions = 3', "A [[choice]] has"),
        ("noise = 3", "[noise] must be a table"),
        ('[noise]\nspread = "x"', "spread: “x” is not a number"),
        ("[noise]\nsets = 1.5", "is not a whole number"),
        ("[normalisation]\nscale = [1, 2, 3]", "is not a list of two numbers"),
        (
            '[screening]\nkeep = "Maral"\nmin_present = true',
            "keep: “Maral” is not a list of texts; min_present",
        ),
        ('divided = "no"', "is not true or false"),
        ('[aggregation.by_level]\nx = "geometric"', "by_level"),
    ],
)
def test_model_of_the_wrong_kind_is_refused_in_words(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "model.toml"
    path.write_text(text)
    result = call("build", UNITS, TREE, "--model", str(path))
    assert result.exit_code == 2, result.output
    assert told in result.output.replace("\n", " ")


@pytest.mark.parametrize("name", ["indices", "indices-weights", "indices-questions"])
def test_commands_of_the_page_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of a page ends well, and every number printed below it is in what it prints."""
    (tmp_path / "examples").symlink_to(EXAMPLES.parent)
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).parents[2] / "docs" / "methods" / f"{name}.md").read_text()
    blocks = re.findall(r"^    sapar index ((?:.*\\\n)*.*)\n((?:\n?    (?!sapar ).*\n)*)", page, re.MULTILINE)
    assert blocks
    for command, printed in blocks:
        result = call(*shlex.split(command.replace("\\\n", "")))
        assert result.exit_code == 0, result.output
        shown = set(re.findall(r"[\w.-]+", result.output))
        assert set(re.findall(r"-?\d+\.\d+", printed)) <= shown
