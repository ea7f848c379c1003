"""`sapar dedupe` on its example files and on files that are wrong."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from sapar.cli.dedupe import app
from sapar.formats.tables import read_table

EXAMPLES = Path(__file__).parents[2] / "examples" / "dedupe"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "220"})


def written(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


def test_pairs_of_the_example_are_found(tmp_path: Path) -> None:
    out = tmp_path / "pairs.csv"
    result = run("people", EXAMPLES / "students.csv", "--out", out)
    assert result.exit_code == 0, result.output
    table = read_table(out)
    pairs = {(row["left"], row["right"]): row["decision"] for row in table.rows}
    assert pairs == {
        ("s01", "s04"): "perhaps",
        ("s02", "s06"): "same",
        ("s03", "s10"): "perhaps",
        ("s05", "s08"): "same",
        ("s07", "s09"): "perhaps",
        ("s12", "s13"): "perhaps",
    }
    because = {row["left"]: row["because"] for row in table.rows}
    assert [at for at, reasons in because.items() if "may be namesakes" in reasons] == ["s01", "s12"]
    assert "6 pairs among 14 people" in result.output


def test_two_lists_are_compared_with_each_other_only(tmp_path: Path) -> None:
    other = written(
        tmp_path / "other.csv", "key,family,given,born_on\nx,Dzhumagulov,Khamid,2003-03-04\ny,Ли,Ян,\n"
    )
    out = tmp_path / "pairs.json"
    result = run("people", EXAMPLES / "students.csv", "--against", other, "--out", out)
    assert result.exit_code == 0, result.output
    pairs = [(row["left"], row["right"]) for row in json.loads(out.read_text())["duplicates"]]
    assert sorted(pairs) == [("s01", "x"), ("s04", "x")]


def test_partners_of_the_example_are_matched(tmp_path: Path) -> None:
    out = tmp_path / "matches.csv"
    result = run("institutions", EXAMPLES / "partners.csv", "-d", EXAMPLES / "directory.csv", "--out", out)
    assert result.exit_code == 0, result.output
    decided = [(row["decision"], row["key"]) for row in read_table(out).rows]
    assert decided == [
        ("same", "osh"), ("perhaps", "osh"), ("same", "knu"), ("perhaps", "knu"), ("same", "alatoo"),
        ("same", "tuit"), ("same", "tdtu"), ("same", "kaznu"), ("perhaps", "satbayev"), ("same", "itu"),
        ("same", "iu"), ("same", "uw"), ("perhaps", "tuit"), ("different", ""),
    ]  # fmt: skip


def test_all_bad_rows_are_listed_at_once(tmp_path: Path) -> None:
    bad = written(tmp_path / "bad.csv", "key,name,born_on\na,Ош,31.02.2020\na,Талас,\nc,—,\n")
    result = run("people", bad)
    assert result.exit_code == 2
    for part in ("row 2", "31.02.2020", "row 3", "is the key of row 2 already", "row 4", "is no name"):
        assert part in result.output, part


def test_a_missing_column_file_or_key_is_a_refusal(tmp_path: Path) -> None:
    assert run("people", tmp_path / "none.csv").exit_code == 2
    assert run("people", written(tmp_path / "a.csv", "key,given\n1,Ош\n")).exit_code == 2
    keyless = written(tmp_path / "b.csv", "key,name\n,Osh State University\n")
    result = run("institutions", EXAMPLES / "partners.csv", "-d", keyless)
    assert result.exit_code == 2
    assert "row 2" in result.output


def test_an_impossible_threshold_ends_with_its_code() -> None:
    result = run("people", EXAMPLES / "students.csv", "--threshold", "2")
    assert result.exit_code == 1
    assert "names.bad_threshold" in result.output


def test_a_placeholder_shared_by_all_is_reported(tmp_path: Path) -> None:
    rows = "".join(f"{at},Асанов Бакыт,01.01.1990,{at:06}\n" for at in range(500))
    result = run("people", written(tmp_path / "many.csv", "key,name,born_on,passport\n" + rows))
    assert result.exit_code == 0, result.output
    assert "500 × 500 different records with one and the same birth_date" in result.output


def test_equal_rows_are_told_once(tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    rows = "".join(f"{at},Асанов Бакыт,01.01.1990\n" for at in range(500))
    many = written(tmp_path / "many.csv", "key,name,born_on\n" + rows)
    result = run("people", many, "--out", out)
    assert result.exit_code == 0, result.output
    assert "499 pairs among 500 people (499 compared)" in result.output
    assert "500 records are alike in everything; 0 stands for all of them." in result.output
    (group,) = json.loads(out.read_text())["identical"]
    assert (group["list"], group["first"], group["records"]) == ("left", "0", 500)
    assert group["keys"].split("; ") == [str(at) for at in range(500)]


def test_equal_rows_of_a_second_list_are_told(tmp_path: Path) -> None:
    other = written(
        tmp_path / "other.csv",
        "key,name,born_on\nx,Dzhumagulov Khamid,04.03.2003\ny,Жумагулов Хамид,04.03.2003\n",
    )
    result = run("people", EXAMPLES / "students.csv", "--against", other)
    assert result.exit_code == 0, result.output
    assert "2 records of the second list are alike in everything; x stands for all of them." in result.output


def test_the_groups_of_equal_rows_stand_beside_a_csv(tmp_path: Path) -> None:
    out = tmp_path / "pairs.csv"
    rows = "".join(f"{at},Асанов Бакыт,01.01.1990\n" for at in range(4)) + "9,Иванов Иван,02.02.1991\n"
    many = written(tmp_path / "many.csv", "key,name,born_on\n" + rows)
    assert run("people", many, "--out", out).exit_code == 0
    assert len(read_table(out).rows) == 3
    (group,) = read_table(tmp_path / "pairs.identical.csv").rows
    assert (group["first"], group["records"], group["keys"]) == ("0", "4", "0; 1; 2; 3")
    alone = written(tmp_path / "alone.csv", "key,name,born_on\n9,Иванов Иван,02.02.1991\n")
    assert run("people", alone, "--out", tmp_path / "none.csv").exit_code == 0
    assert not (tmp_path / "none.identical.csv").exists()


def test_institutions_within_one_list(tmp_path: Path) -> None:
    rows = "name,country,city\nOsh State University,KG,Osh\nAla-Too University,KG,\nОшский гос. университет,KG,Ош\n"
    out = tmp_path / "pairs.csv"
    result = run("institutions", written(tmp_path / "list.csv", rows), "--out", out)
    assert result.exit_code == 0, result.output
    (pair,) = [row for row in read_table(out).rows if row["decision"] == "same"]
    assert (pair["left"], pair["right"], pair["other name"]) == ("2", "4", "Ошский гос. университет")
    assert "among 3 institutions" in result.output
