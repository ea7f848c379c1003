"""`sapar grades` on its example files and on files that are wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sapar.cli.grades import app
from sapar.formats.tables import read_table

EXAMPLES = Path(__file__).parents[2] / "examples" / "grades"
BY_COUNTS = [
    "convert", str(EXAMPLES / "transcript.csv"), "--how", "distribution",
    "--from", str(EXAMPLES / "host_counts.csv"), "--to", str(EXAMPLES / "home_counts.csv"),
]  # fmt: skip


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def written(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


def test_marks_by_counts_keep_the_original_beside_the_result(tmp_path: Path) -> None:
    out = tmp_path / "converted.csv"
    result = run(*BY_COUNTS, "--failing", "FF", "--out", out)
    assert result.exit_code == 0, result.output
    table = read_table(out)
    assert table.column("mark") == ["BA", "BB", "AA", "CC", "CB", "FF"]
    assert table.column("result") == ["B+", "B", "A", "C", "B-", ""]
    assert table.rows[0]["decided by"] == "A- 12.54%–20.73%, B+ 20.73%–30.45%"
    assert table.rows[5]["passing"] == "no"


def test_another_rule_gives_another_grade(tmp_path: Path) -> None:
    out = tmp_path / "converted.json"
    assert run(*BY_COUNTS, "--failing", "FF", "--rule", "max", "--out", out).exit_code == 0
    marks = json.loads(out.read_text())["marks"]
    assert [row["result"] for row in marks] == ["A-", "B+", "A", "C+", "B", ""]
    assert {row["rule"] for row in marks} == {"max", "fail, not converted"}


def test_converting_a_converted_file_again_adds_no_second_columns(tmp_path: Path) -> None:
    out, again = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    assert run(*BY_COUNTS, "--failing", "FF", "--out", out).exit_code == 0
    assert run("convert", out, *BY_COUNTS[2:], "--failing", "FF", "--out", again).exit_code == 0
    assert read_table(again).columns == read_table(out).columns


def test_a_mark_outside_the_counts_stops_everything(tmp_path: Path) -> None:
    out = tmp_path / "converted.csv"
    result = run(*BY_COUNTS, "--out", out)
    assert result.exit_code == 2
    assert "row 7, column “mark”: “FF”" in result.output
    assert not out.exists()


def test_a_small_group_is_refused() -> None:
    result = run(*BY_COUNTS, "--failing", "FF", "--smallest", "5000")
    assert result.exit_code == 1
    assert "recognition.group_too_small" in result.output


def test_bavarian_formula(tmp_path: Path) -> None:
    out = tmp_path / "german.csv"
    marks = written(tmp_path / "marks.csv", 'mark\n8\n10\n6\n"7,5"\n')
    result = run("convert", marks, "--how", "bavarian", "--best", "10", "--lowest-pass", "6", "--out", out)
    assert result.exit_code == 0, result.output
    assert read_table(out).column("result") == ["2.5", "1.0", "4.0", "2.8"]


def test_linear_table_and_pass(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    marks = written(tmp_path / "marks.csv", "mark\n100\n75\n")
    linear = run(
        "convert", marks, "--how", "linear", "--best", "100", "--lowest-pass", "50", "--to-best", "30",
        "--to-lowest-pass", "18", "--step", "1", "--out", out,
    )  # fmt: skip
    assert linear.exit_code == 0, linear.output
    assert read_table(out).column("result") == ["30", "24"]
    letters = written(tmp_path / "letters.csv", "mark\nB\nFX\n")
    assert run("convert", letters, "--how", "table", "--table", "ineu-ects-kz", "--out", out).exit_code == 0
    assert read_table(out).column("result") == ["B+", "F"]
    kazakh = written(tmp_path / "kazakh.csv", "mark\nD-\nFX\n")
    assert run("convert", kazakh, "--how", "pass", "--scale", "kz-12", "--out", out).exit_code == 0
    assert read_table(out).column("result") == ["P", "F"]


@pytest.mark.parametrize(
    "options",
    [["distribution"], ["bavarian"], ["linear", "--best", "5"], ["table"], ["nonsense"]],
)
def test_a_method_says_what_it_lacks(options: list[str]) -> None:
    result = run("convert", EXAMPLES / "transcript.csv", "--how", *options)
    assert result.exit_code == 2


def test_unknown_scales_and_factors_are_refused() -> None:
    passing = run("convert", EXAMPLES / "transcript.csv", "--how", "pass", "--scale", "moon")
    assert (passing.exit_code, "recognition.no_scale" in passing.output) == (1, True)
    factor = run("credits", EXAMPLES / "old_credits.csv", "--factor", "moon")
    assert (factor.exit_code, "recognition.no_factor" in factor.output) == (1, True)


def test_credits_by_a_chosen_factor(tmp_path: Path) -> None:
    out = tmp_path / "credits.csv"
    old = EXAMPLES / "old_credits.csv"
    result = run("credits", old, "--factor", "kaznpu:bachelor:course", "--chosen", "1.5", "--out", out)
    assert result.exit_code == 0, result.output
    table = read_table(out)
    assert table.column("credits") == ["3", "2", "4", "1"]
    assert table.column("converted credits") == ["5", "3", "6", "2"]
    unchosen = run("credits", old, "--factor", "kaznpu:bachelor:course")
    assert (unchosen.exit_code, "recognition.factor_is_a_range" in unchosen.output) == (1, True)


def test_every_wrong_cell_of_credits_is_told(tmp_path: Path) -> None:
    wrong = written(tmp_path / "wrong.csv", "course,credits\na,-1\nb,many\nc,3\n")
    result = run("credits", wrong, "--factor", "kaznpu:bachelor:course", "--chosen", "1.5")
    assert result.exit_code == 2
    assert "row 2" in result.output
    assert "row 3" in result.output
    assert "2 problems" in result.output


def test_means_by_student(tmp_path: Path) -> None:
    out = tmp_path / "means.csv"
    result = run("mean", EXAMPLES / "points.csv", "--scale", "kz-12", "--out", out)
    assert result.exit_code == 0, result.output
    assert read_table(out).column("mean") == ["3.38", "2.47"]
    cut = written(tmp_path / "cut.csv", 'student,points,credits\nA,"3,33",1\nA,4,1\n')
    assert run("mean", cut, "--ties", "down", "--out", out).exit_code == 0
    assert read_table(out).column("mean") == ["3.66"]
    assert run("mean", EXAMPLES / "transcript.csv", "--scale", "kz-12").exit_code == 2


def test_balance_of_components(tmp_path: Path) -> None:
    out = tmp_path / "balance.csv"
    result = run("balance", EXAMPLES / "studied.csv", EXAMPLES / "required.csv", "--out", out)
    assert result.exit_code == 0, result.output
    assert "not used: Folklore" in result.output
    assert "to be made up: Statistics" in result.output
    table = read_table(out)
    assert table.column("recognised") == ["10", "3", "13"]
    assert table.column("difference") == ["1", "1", "7"]


def test_a_link_with_one_side_is_refused(tmp_path: Path) -> None:
    lonely = written(tmp_path / "studied.csv", "id,credits,passed,link\nA,5,yes,x\n")
    result = run("balance", lonely, EXAMPLES / "required.csv")
    assert result.exit_code == 2
    assert "studied.csv:\n  row 2, column “link”: “x” – leads to nothing in the other file" in result.stderr
    unclear = written(tmp_path / "unclear.csv", "id,credits,passed,link\nA,5,maybe,\n")
    assert run("balance", unclear, EXAMPLES / "required.csv").exit_code == 2


def test_the_order_of_grades_is_that_of_all_years_together(tmp_path: Path) -> None:
    """A grade that nobody received in the first year is not the worst for that."""
    head, marks = "year,field,cycle,grade,count\n", tmp_path / "marks.csv"
    marks.write_text("mark\nA\nA-\nB\nC\n")
    files = tmp_path / "host.csv", tmp_path / "home.csv"

    def counts(*years: str) -> str:
        lines = [
            f"{2024 + at},0311,bachelor,{grade},30" for at, year in enumerate(years) for grade in year.split()
        ]
        return head + "\n".join(lines) + "\n"

    def converted(host: str) -> Result:
        files[0].write_text(host)
        files[1].write_text(counts("5 4 3 2", "5 4 3 2"))
        return run("convert", marks, "--how", "distribution", "--from", files[0], "--to", files[1])

    result = converted(counts("A B C", "A A- B C"))
    assert result.exit_code == 0, result.output
    lines = [re.split(r"[^\w-]+", line.strip("│ ")) for line in result.output.splitlines() if "%" in line]
    # 60 A, 30 A-, 60 B, 60 C of 210: from 0, 29, 43 and 71 % on; quarters are 5, 4, 3, 2.
    assert [line[:2] for line in lines] == [["A", "5"], ["A-", "4"], ["B", "3"], ["C", "2"]]
    refused = converted(counts("A B C", "C B A"))
    assert refused.exit_code == 2
    assert "different orders" in refused.output
    open_order = converted(counts("A B C", "A A- C"))
    assert open_order.exit_code == 2
    assert "does not say which of A- and B is better" in open_order.output
    twice = converted(counts("A B C", "A A- B B C"))
    assert twice.exit_code == 2
    assert "is counted for 2025 in row 7 already" in twice.output
    assert converted(counts("A B C", "A B C").replace("0311", "law")).exit_code == 1


def test_counts_of_two_groups_or_bad_numbers_are_refused(tmp_path: Path) -> None:
    head = "year,field,cycle,grade,count\n"
    two = written(tmp_path / "two.csv", head + "2024,0311,bachelor,A,60\n2025,0912,bachelor,A,60\n")
    bad = written(tmp_path / "bad.csv", head + "2024,0311,bachelor,A,60.5\n")
    empty = written(tmp_path / "empty.csv", head)
    for host in (two, bad, empty):
        result = run(*BY_COUNTS[:4], "--from", host, *BY_COUNTS[6:])
        assert result.exit_code in (1, 2)
        assert result.exception is None or isinstance(result.exception, SystemExit)


def test_files_that_are_missing_or_lack_a_column_are_refused(tmp_path: Path) -> None:
    assert run("mean", tmp_path / "none.csv").exit_code == 2
    assert run("credits", EXAMPLES / "studied.csv", "--factor", "kaznpu:doctorate:course").exit_code == 1
    assert run("convert", EXAMPLES / "studied.csv", "--how", "pass", "--scale", "kz-12").exit_code == 2


def test_what_is_shipped_is_listed_with_its_source() -> None:
    result = run("scales")
    assert result.exit_code == 0
    for text in ("kz-12", "uz-1999", "ineu-ects-kz", "kaznpu:bachelor:course", "theconnection.ece.org"):
        assert text in result.output


def test_a_number_with_a_comma_without_quotes_is_not_cut(tmp_path: Path) -> None:
    formula = ("--how", "bavarian", "--best", "1", "--lowest-pass", "4")
    cut = run("convert", written(tmp_path / "cut.csv", "id,mark\na,2\nb,2,5\n"), *formula)
    assert cut.exit_code == 2
    assert "row 3, column “mark”: “2” – is followed by “5”, for which there is no column" in cut.stderr
    for text in ('id,mark\na,2\nb,"2,5"\n', "id;mark\na;2\nb;2,5\n"):
        whole = run("convert", written(tmp_path / "whole.csv", text), *formula)
        assert whole.exit_code == 0, whole.output
        assert "2.5" in whole.output
