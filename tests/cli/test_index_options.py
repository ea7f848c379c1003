"""The options of `sapar index` that answer a narrower question."""

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


def number(value: object) -> float:
    return float(str(value))


def test_ranks_within_a_country_stand_beside_those_of_all(tmp_path: Path) -> None:
    found = written(tmp_path / "x.json", "build", UNITS, TREE, "--model", MODEL, "--within", "country")[
        "ranking"
    ]
    seen: dict[object, list[float]] = {}
    for row in found:
        seen.setdefault(row["country"], []).append(number(row["rank in country"]))
    assert len(seen) > 1
    assert all(ranks == list(range(1, len(ranks) + 1)) for ranks in seen.values())
    profile = written(
        tmp_path / "p.json",
        "profile",
        UNITS,
        TREE,
        "--model",
        MODEL,
        "--unit",
        "Maral",
        "--within",
        "country",
    )
    peers = len(seen[next(row["country"] for row in found if row["unit"] == "Maral")])
    assert {row["of"] for row in profile["profile"]} == {peers}
    assert {row["of"] for row in profile["groups"]} == {peers}
    assert call("build", UNITS, TREE, "--within", "colour").exit_code == 1


def test_units_without_a_score_are_named() -> None:
    assert "without a score: Emgek, Sary-Ozon" in call("build", UNITS, TREE).output
    assert "Emgek: no score" in call("profile", UNITS, TREE, "--unit", "Emgek").output


def test_what_is_written_says_what_the_index_is_made_of(tmp_path: Path) -> None:
    heavy = tmp_path / "m.toml"
    heavy.write_text("[weights]\nmobility = 2\nstaff = 1\nresearch = 1\nquality = 0\n")
    tree = written(tmp_path / "x.json", "build", UNITS, TREE, "--model", str(heavy))["tree"]
    shares = {row["code"]: number(row["share in the index"]) for row in tree}
    assert (shares["index"], shares["mobility"], shares["quality"]) == (1, 0.5, 0)
    assert sum(shares[row["code"]] for row in tree if row["level"] == 1) == pytest.approx(1)
    assert {row["source"] for row in tree if row["level"] == 1} > {"register of stays"}


def test_influence_reaches_the_targets(tmp_path: Path) -> None:
    words = ("weights", UNITS, TREE, "--model", MODEL, "--way", "influence", "--group", "research")
    targets = ("--target", "joint_papers=3", "--target", "projects=1")
    found = written(tmp_path / "x.json", *words, *targets)["weights"]
    plain = written(tmp_path / "y.json", *words)["weights"]
    assert number(found[0]["weight"]) > number(plain[0]["weight"])
    checked = tmp_path / "m.toml"
    given = "\n".join(f"{row['code']} = {row['weight']}" for row in found)
    checked.write_text(Path(MODEL).read_text() + f"\n[weights]\n{given}\n")
    again = written(tmp_path / "z.json", *words[:4], str(checked), *words[5:], *targets)["weights"]
    assert [row["declared"] for row in again] == pytest.approx([row["weight"] for row in again], abs=1e-6)
    assert call(*words, "--target", "joint_papers=3").exit_code == 1
    assert call(*words, "--target", "joint_papers=x", "--target", "projects=1").exit_code == 2
    assert call(*words[:6], "--way", "equal", *targets).exit_code == 2


def test_sensitivity_of_one_unit_is_not_that_of_all(tmp_path: Path) -> None:
    words = ("sensitivity", UNITS, TREE, "--model", MODEL)
    one = written(tmp_path / "x.json", *words, "--unit", "Umut")["sensitivity"]
    assert one != written(tmp_path / "y.json", *words)["sensitivity"]
    assert "What moves the rank of Umut" in call(*words, "--unit", "Umut").output
    assert call(*words, "--unit", "nobody").exit_code == 1


def test_limits_of_pairs_and_the_kind_of_correlation_are_asked_for(tmp_path: Path) -> None:
    words = ("check", UNITS, TREE, "--model", MODEL)
    found = written(tmp_path / "x.json", *words, "--high", "0.2", "--low", "-0.2", "--kind", "spearman")
    assert found["pairs"]
    for row in found["pairs"]:
        limit = number(row["r"])
        assert limit >= 0.2 if row["flag"] == "redundant" else limit <= -0.2
    assert found["correlations"] != written(tmp_path / "y.json", *words)["correlations"]


def test_judges_are_joined_by_the_geometric_mean(tmp_path: Path) -> None:
    one, other, third = (tmp_path / f"{name}.csv" for name in "abc")
    one.write_text("c,x,y\nx,1,9\ny,1/9,1\n")
    other.write_text("c,x,y\nx,1,1\ny,1,1\n")
    third.write_text("c,y,x\ny,1,1\nx,1,1\n")
    found = written(tmp_path / "x.json", "ahp", str(one), str(other))["weights"]
    assert [row["weight"] for row in found] == pytest.approx([0.75, 0.25])
    assert call("ahp", str(one), str(third)).exit_code == 2


def test_noise_is_laid_around_the_weights_of_the_model(tmp_path: Path) -> None:
    """With all weight on one group, noise of a fourth cannot bring in the others."""
    lone = tmp_path / "m.toml"
    lone.write_text(
        '[imputation]\nmethod = "mean"\n[noise]\nsets = 16\n[weights]\n'
        "mobility = 1\nstaff = 0\nresearch = 0\nquality = 0\nincoming = 1\noutgoing = 0\ndegree = 0\n"
    )
    found = written(tmp_path / "x.json", "ranks", UNITS, TREE, "--model", str(lone))["ranks"]
    assert all(row["best"] == row["rank"] == row["worst"] for row in found)


def test_own_rules_of_single_indicators_come_from_the_file(tmp_path: Path) -> None:
    own = tmp_path / "m.toml"
    own.write_text(
        '[imputation]\nmethod = "mean"\n[normalisation.by_code.days]\nmethod = "goalposts"\nscale = [0, 10]\n'
        '[treatment]\nform = "none"\n[treatment.by_code.outgoing]\nmax_points = 0\nform = "log_range"\n'
        "skew_limit = 0.001\nkurtosis_limit = -9\n"
    )
    found = written(tmp_path / "x.json", "build", UNITS, TREE, "--model", str(own))
    raw = {line.split(",")[0]: line.split(",")[-1] for line in Path(UNITS).read_text().splitlines()[1:]}
    for row in found["scores"]:
        if raw[str(row["unit"])]:
            assert row["days"] == pytest.approx(10 * (60 - float(raw[str(row["unit"])])) / 60)
    assert {row["indicator"]: row["form"] for row in found["treatment"]}["outgoing"] == "log_range"


def test_fills_of_other_years_and_gaps_are_written(tmp_path: Path) -> None:
    years = str(EXAMPLES / "years.csv")
    found = written(tmp_path / "x.json", "years", years, TREE, "--fill", "linear")
    assert {row["how"] for row in found["filled from years"]} == {"linear"}
    assert all("," in str(row["from"]) for row in found["filled from years"])
    plain = written(tmp_path / "y.json", "years", years, TREE)
    assert len(plain["gaps"]) > len(found["gaps"])


def test_what_is_filled_within_a_year_is_told(tmp_path: Path) -> None:
    years = str(EXAMPLES / "years.csv")
    result = call("years", years, TREE, "--model", MODEL)
    assert "values filled from the same year" in result.output
    found = written(tmp_path / "x.json", "years", years, TREE, "--model", MODEL)
    lines = Path(years).read_text().splitlines()
    holes = sum(cell == "" for line in lines for cell in line.split(","))
    assert len(found["filled"]) == holes > 0
    assert {row["how"] for row in found["filled"]} == {"median"}
