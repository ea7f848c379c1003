"""`sapar allocate` on its example files and on faulty ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sapar.cli.allocate import app
from sapar.cli.allocation_reasons import told_apart
from sapar.formats.tables import read_table

EXAMPLES = Path(__file__).parents[2] / "examples" / "allocate"
FILES = [str(EXAMPLES / "applicants.csv"), str(EXAMPLES / "offers.csv")]
OPTIONS = ["--reserves", str(EXAMPLES / "reserves.csv"), "--max", "months abroad=12", "--tie", "credits"]


def sapar(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "160"})


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record.json"
    assert sapar("run", *FILES, *OPTIONS, "--seed", "2026", "--record", str(path)).exit_code == 0
    return path


def test_run_places_and_writes_all_sheets(tmp_path: Path) -> None:
    path = tmp_path / "result.xlsx"
    found = sapar("run", *FILES, *OPTIONS, "--seed", "2026", "--out", str(path))
    assert found.exit_code == 0
    assert "6 of 9 applicants placed by deferred acceptance, seed 2026." in found.output
    rows = read_table(path, sheet="reasons").rows
    answers = {(row["applicant"], row["offer"]): row["answer"] for row in rows}
    assert answers["chyngyz", "KRK-1"] == "open: cut-off 79.3, yours 77.9, 3rd of 2"
    assert answers["aibek", "ANK-1"] == "placed (law places, 1st of 1)"
    assert answers["hasan", "ANK-1"] == "not eligible: months abroad: at most 12 is required, 14 is given"
    assert len(rows) == 21
    assert len(read_table(path, sheet="lottery").rows) == 9
    assert [row["applicant"] for row in read_table(path, sheet="reserve lists").rows][:2] == [
        "erlan",
        "chyngyz",
    ]


def test_the_record_is_verified_and_a_changed_one_refuted(record: Path) -> None:
    assert sapar("verify", str(record)).exit_code == 0
    data = json.loads(record.read_text())
    data["allocation"]["placements"][0]["applicant"] = "erlan"
    record.write_text(json.dumps(data))
    found = sapar("verify", str(record))
    assert found.exit_code == 1
    assert "Unanswered claims" in found.output


def test_explain_tells_one_applicant(record: Path) -> None:
    found = sapar("explain", str(record), "erlan")
    assert "speaks en:B2 is required, en:B1 or ru:C1 is given" in found.output
    assert sapar("explain", str(record), "nobody").exit_code == 1


def test_refill_serves_the_reserve_list(record: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.json"
    found = sapar(
        "refill", str(record), "--withdrawn", "bermet", "--confirmed", "aibek", "--record", str(later)
    )
    assert found.exit_code == 0
    placements = json.loads(later.read_text())["allocation"]["placements"]
    assert [(one["applicant"], one["offer"]) for one in placements if one["offer"] == "ANK-1"] == [
        ("aibek", "ANK-1"),
        ("erlan", "ANK-1"),
    ]
    assert sapar("verify", str(later)).exit_code == 0


def test_compare_lists_the_three_mechanisms(tmp_path: Path) -> None:
    path = tmp_path / "comparison.csv"
    assert sapar("compare", *FILES, *OPTIONS, "--seed", "1", "--out", str(path)).exit_code == 0
    rows = read_table(path).rows
    assert [(row["mechanism"], row["placed"]) for row in rows] == [
        ("deferred_acceptance", "6"),
        ("serial_dictatorship", "6"),
        ("immediate_acceptance", "6"),
    ]


def test_split_deals_places(tmp_path: Path) -> None:
    path = tmp_path / "shares.csv"
    faculties = str(EXAMPLES / "faculties.csv")
    assert sapar("split", faculties, "--places", "20", "--out", str(path)).exit_code == 0
    assert read_table(path).column("places") == ["4", "10", "5", "1"]
    assert sapar("split", faculties, "--places", "2").exit_code == 1


def test_kept_places_are_respected(tmp_path: Path) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("applicant,offer,part,may rise\nhasan,ANK-1,,no\n")
    out = tmp_path / "placed.csv"
    found = sapar("run", *FILES, *OPTIONS, "--kept", str(kept), "--seed", "2026", "--out", str(out))
    assert found.exit_code == 0
    placed = {row["applicant"]: row["offer"] for row in read_table(out).rows}
    assert placed["hasan"] == "ANK-1"


def test_every_faulty_cell_is_listed(tmp_path: Path) -> None:
    applicants = tmp_path / "applicants.csv"
    applicants.write_text(
        "applicant,score,wish 1,wish 2\nanna,high,ANK-1,\nanna,1,MARS,KRK-1\n,2,KRK-1,KRK-1\n",
        encoding="utf-8",
    )
    found = sapar("run", str(applicants), FILES[1], "--seed", "1")
    assert found.exit_code == 2
    assert "row 2, column “score”: “high” – is not a number" in found.stderr
    assert "row 3, column “applicant”: “anna” – stands in row 2 already" in found.stderr
    assert "row 3, column “wish 1”: “MARS” – is not one of: " in found.stderr
    assert "row 4, column “applicant”: “” – is empty" in found.stderr
    assert "row 4, column “wish 2”: “KRK-1” – is wished twice" in found.stderr
    for fact in ("field", "gpa", "languages", "level"):
        assert f"row 1, column “{fact}”: “” – is asked for by an offer" in found.stderr
    assert "applicants.csv:\n" in found.stderr
    assert "9 problems; nothing was computed." in found.stderr


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("--reserves", "offer,reserve,places,fact,is\nMARS,law,1,faculty,law\n", 2),
        ("--reserves", "offer,reserve,places,fact,is\nANK-1,law,1,faculty,\n", 2),
        ("--reserves", "offer,reserve,places,fact,is\nANK-1,law,9,faculty,law\n", 2),
        ("--kept", "applicant,offer,may rise\naibek,ANK-1,perhaps\n", 2),
        ("--kept", "applicant,offer,part\naibek,ANK-1,attic\n", 2),
    ],
)
def test_faulty_side_tables_are_refused(tmp_path: Path, name: str, content: str, code: int) -> None:
    path = tmp_path / "side.csv"
    path.write_text(content)
    assert sapar("run", *FILES, name, str(path), "--seed", "1").exit_code == code


@pytest.mark.parametrize("content", ["", "[]", "{", '{"problem": 1, "allocation": 2}', '{"a": 1}'])
def test_files_that_are_no_records_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(content)
    found = sapar("verify", str(path))
    assert found.exit_code in (1, 2)
    assert found.stderr


@pytest.mark.parametrize("condition", ["gpa", "gpa=high", "=3"])
def test_conditions_that_say_nothing_are_refused(condition: str) -> None:
    assert sapar("run", *FILES, "--min", condition, "--seed", "1").exit_code in (1, 2)


def test_a_table_without_wishes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "applicants.csv"
    path.write_text("applicant,score\nanna,1\n")
    assert sapar("run", str(path), FILES[1], "--seed", "1").exit_code == 2
    assert sapar("run", str(tmp_path / "none.csv"), FILES[1], "--seed", "1").exit_code == 2


@pytest.mark.parametrize(
    ("last", "own", "told"),
    [
        (78.4, 77.9, ("78.4", "77.9")),
        (91.0, 88.123456789, ("91", "88.12")),
        (91.2333333333, 91.2333333332, ("91.2333333333", "91.2333333332")),
        (0.0, -0.0001, ("0", "-0.0001")),
        (None, 30.0, ("none", "30")),
        (1e300, 1.0, (f"{1e300:.0f}", "1")),
    ],
)
def test_two_scores_are_told_apart_by_as_few_digits_as_do(
    last: float | None, own: float | None, told: tuple[str, str]
) -> None:
    assert told_apart(last, own) == told
