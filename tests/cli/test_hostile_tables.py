"""Files as they should not be, through the commands: each is refused in words or read rightly."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import xlsxwriter
from rich.progress import Progress
from typer.testing import CliRunner, Result

from sapar.cli import tables
from sapar.cli.main import app
from sapar.formats.tables import read_table

EXAMPLES = Path(__file__).parents[2] / "examples"
HEAD = "applicant,score,wish 1,wish 2\n"


def sapar(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "160"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture
def offers(tmp_path: Path) -> Path:
    return written(tmp_path / "offers.csv", "offer,places\nA,1\nB,1\n")


@pytest.mark.parametrize(
    "content",
    [
        HEAD.encode("utf-8-sig") + "Ася,1,A,B\nбота,2,A,\n".encode(),
        (HEAD + "Ася,1,A,B\nбота,2,A,\n").encode("utf-16"),
        (HEAD + "Ася,1,A,B\nбота,2,A,\n").encode("cp1251"),
        (HEAD + "Ася,1,A,B\nбота,2,A,\n").replace(",", ";").encode(),
        (HEAD + "Ася,1,A,B\nбота,2,A,\n").replace(",", "\t").replace("\n", "\r\n").encode(),
        (HEAD.replace(",", ";") + "Ася;1,0;A;B\nбота;1,5;A;\n").encode(),
    ],
)
def test_every_usual_encoding_and_separator_gives_one_result(
    tmp_path: Path, offers: Path, content: bytes
) -> None:
    out = tmp_path / "placed.csv"
    people = written(tmp_path / "people.csv", content)
    assert sapar("allocate", "run", people, offers, "--seed", "1", "--out", out).exit_code == 0
    assert [(row["applicant"], row["offer"]) for row in read_table(out).rows] == [("Ася", "B"), ("бота", "A")]


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ("", ["There are no applicants."]),
        (
            "anna,NaN,A,\nbota,inf,A,\nc,1e999,A,\nd,1e300,A,\ne,-1e16,A,\n",
            [f"row {at}, column “score”" for at in range(2, 7)] + ["5 problems"],
        ),
        (
            "an\x07na,1,A,\n\u202eabc,2,A,\nanna\u200e,3,A,\n",
            ["“an\\u0007na” – has signs that cannot be seen", "“\\u202eabc”", "“anna\\u200e”", "3 problems"],
        ),
        ('"anna,1,A,\nbota,2,A,\n', ["has signs that cannot be seen"]),
        (
            "anna,1,A,\nanna,1,Z,\n,1,A,A\n",
            ["row 3, column “applicant”", "“Z”", "is wished twice", "4 problems"],
        ),
    ],
)
def test_bad_applicants_are_all_listed(tmp_path: Path, offers: Path, rows: str, sentences: list[str]) -> None:
    found = sapar("allocate", "run", written(tmp_path / "people.csv", HEAD + rows), offers, "--seed", "1")
    assert found.exit_code in (1, 2)
    for sentence in sentences:
        assert sentence in found.stderr


def test_bad_cells_of_all_files_are_listed_together(tmp_path: Path) -> None:
    people = written(
        tmp_path / "people.csv", HEAD.replace("score", "score,gpa") + "anna,1,good,A,\nbota,x,2,A,\n"
    )
    offered = written(
        tmp_path / "offers.csv",
        "offer,places,languages,min gpa,order\nA,-1,english,high,\nA,2,,,\nB,1.5,,,open; law\nC,2,,,\n,1,,,\n",
    )
    reserved = written(
        tmp_path / "reserves.csv",
        "offer,reserve,places,fact,is,spill\nZ,law,1,gpa,1,\nC,law,9,gpa,many,\nC,law,1,score,1,\nC,open,1,gpa,,\n"
        "C,med,0,gpa,1,med\n",
    )
    kept = written(
        tmp_path / "kept.csv",
        "applicant,offer,part,may rise\nanna,C,attic,perhaps\nanna,C,,no\nzed,Y,,\n",
    )
    found = sapar("allocate", "run", people, offered, "--reserves", reserved, "--kept", kept, "--seed", "1")
    assert found.exit_code == 2
    for sentence in (
        "people.csv:", "row 2, column “gpa”: “good” – is not a number", "row 3, column “score”: “x”",
        "row 1, column “languages”: “” – is asked for",
        "offers.csv:", "row 2, column “places”: “-1” – is below 0", "“english” is not a language and level",
        "row 2, column “min gpa”: “high”", "row 3, column “offer”: “A” – stands in row 2 already",
        "row 4, column “places”: “1.5” – is not a whole number", "row 4, column “order”: “open; law” – must name",
        "row 6, column “offer”: “” – is empty",
        "reserves.csv:", "row 2, column “offer”: “Z”", "row 3, column “places”: “9” – C has only 2 places",
        "row 3, column “is”: “many” – “many” is not a number",
        "row 4, column “reserve”: “law” – is reserved twice at C",
        "row 4, column “fact”: “score” – cannot decide", "row 5, column “reserve”: “open”",
        "row 5, column “is”: “” – is empty",
        "row 6, column “spill”: “med” – “med” is no other reserve of C",
        "kept.csv:", "row 2, column “part”: “attic”", "row 2, column “may rise”: “perhaps”",
        "row 3, column “applicant”: “anna” – holds the place of row 2 already", "row 4, column “applicant”: “zed”",
        "row 4, column “offer”: “Y”",
    ):  # fmt: skip
        assert sentence in found.stderr, sentence


@pytest.mark.parametrize(
    ("options", "fact"),
    [(("--min", "gap=3"), "gap"), (("--tie", "crdits"), "crdits"), (("--tie=-agee",), "agee")],
)
def test_a_slip_in_the_name_of_a_fact_is_no_silent_lottery(
    tmp_path: Path, offers: Path, options: tuple[str, ...], fact: str
) -> None:
    people = written(
        tmp_path / "people.csv", "applicant,score,wish 1,gpa,credits,age\na,1,A,3,4,20\nb,1,A,2,5,21\n"
    )
    found = sapar("allocate", "run", people, offers, "--seed", "1", *options)
    assert found.exit_code == 2
    assert f"column “{fact}”" in found.stderr


@pytest.mark.parametrize(
    "head",
    [
        "applicant,score,wish 1,wish1",
        "applicant,score,wish 1,wish 1",
        "applicant,score,score,wish 1",
        "applicant,score 2,wish 1,x",
        "applicant,score,x,y",
    ],
)
def test_columns_that_could_be_lost_are_refused(tmp_path: Path, offers: Path, head: str) -> None:
    people = written(tmp_path / "people.csv", head + "\nanna,1,A,B\n")
    found = sapar("allocate", "run", people, offers, "--seed", "1")
    assert found.exit_code == 2
    assert found.stderr


def test_a_reserve_by_a_number_finds_its_members(tmp_path: Path) -> None:
    """ "2" in the table of reserves is the year 2 of the applicants, though that column is all numbers."""
    people = written(tmp_path / "people.csv", "applicant,score,wish 1,year\na,1,A,2\nb,9,A,1\n")
    offered = written(tmp_path / "offers.csv", "offer,places\nA,1\n")
    reserved = written(tmp_path / "reserves.csv", "offer,reserve,places,fact,is\nA,second,1,year,2\n")
    for options in ((), ("--min", "year=1")):
        out = tmp_path / "placed.csv"
        found = sapar(
            "allocate", "run", people, offered, "--reserves", reserved, "--seed", "1", "--out", out, *options
        )
        assert found.exit_code == 0
        assert [(row["applicant"], row["part"]) for row in read_table(out).rows] == [("a", "second")]


def test_square_brackets_are_no_markup_and_long_cells_do_not_flood_the_screen(
    tmp_path: Path, offers: Path
) -> None:
    rows = f"[/b],1,A,\n[red]x,2,B,\n{'y' * 50_000},0,A,\n"
    out = tmp_path / "all.json"
    found = sapar(
        "allocate", "run", written(tmp_path / "p.csv", HEAD + rows), offers, "--seed", "1", "--out", out
    )
    assert found.exit_code == 0
    assert "[/b]" in found.stdout
    assert "[red]x" in found.stdout
    reasons = json.loads(out.read_text())["reasons"]
    assert {len(row["applicant"]) for row in reasons} == {4, 6, 50_000}


def test_workbooks_with_formulas_are_read_and_with_merged_cells_or_dates_are_refused(
    tmp_path: Path, offers: Path
) -> None:
    path = tmp_path / "formula.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 2, "Applicants")
        sheet.write_row(1, 0, ["applicant", "score", "wish 1"])
        sheet.write_row(2, 0, ["anna", None, "A"])
        sheet.write_formula(2, 1, "=40+2", None, 42)
    out = tmp_path / "placed.csv"
    assert sapar("allocate", "run", path, offers, "--seed", "1", "--out", out).exit_code == 0
    assert read_table(out).rows[0]["score"] == "42.0"
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(0, 0, ["applicant", "score", "wish 1"])
        sheet.merge_range(1, 0, 2, 0, "anna")
        sheet.write_row(1, 1, [1, "A"])
        sheet.write_row(2, 1, [46_000, "B"], day)
    found = sapar("allocate", "run", path, offers, "--seed", "1")
    assert found.exit_code == 2
    assert "row 3, column “applicant”: “” – is empty" in found.stderr
    assert "row 3, column “score”" in found.stderr


def test_the_screen_shows_the_first_rows_and_a_file_has_all(tmp_path: Path) -> None:
    """Drawing twenty thousand lines took longer than working them out."""
    lines = "".join(f"u{at},{at % 97},{at % 89}\n" for at in range(1_000))
    data = written(tmp_path / "data.csv", "unit,a,b\n" + lines)
    tree = written(tmp_path / "tree.csv", "code,parent,direction\ntop,,\na,top,1\nb,top,1\n")
    found = sapar("index", "build", data, tree, "--out", tmp_path / "out.csv")
    assert found.exit_code == 0, found.output
    assert "… and 800 more rows." in found.output
    assert len(found.output.splitlines()) < 300
    assert len(read_table(tmp_path / "out.csv")) == 1_000


@pytest.mark.parametrize("ending", ["pdf", "missing/x.csv"])
def test_a_result_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, offers: Path, ending: str
) -> None:
    people = written(tmp_path / "people.csv", HEAD + "a,1,A,\n")
    target = tmp_path / ("x.pdf" if ending == "pdf" else ending)
    for call in (
        ("allocate", "run", people, offers, "--seed", "1"),
        ("allocate", "split", EXAMPLES / "allocate" / "faculties.csv", "--places", "9"),
        ("grades", "mean", EXAMPLES / "grades" / "points.csv", "--scale", "kz-12"),
        ("dedupe", "people", EXAMPLES / "dedupe" / "students.csv"),
    ):
        found = sapar(*call, "--out", target)
        assert found.exit_code == 2
        assert not found.stdout.strip()


def test_a_record_with_half_a_letter_is_refused(tmp_path: Path, offers: Path) -> None:
    people, record = written(tmp_path / "people.csv", HEAD + "anna,1,A,\n"), tmp_path / "record.json"
    assert sapar("allocate", "run", people, offers, "--seed", "1", "--record", record).exit_code == 0
    broken = written(tmp_path / "broken.json", record.read_text().replace('"anna"', '"\\ud800"'))
    for call in (("verify", broken), ("explain", broken, "anna"), ("refill", broken, "--withdrawn", "anna")):
        found = sapar("allocate", *call)
        assert found.exit_code == 1
        assert "(allocation." in found.stderr
    marked = written(tmp_path / "marked.json", "\ufeff" + record.read_text())
    assert sapar("allocate", "verify", marked).exit_code == 0


def test_two_levels_from_file_to_file(tmp_path: Path) -> None:
    folder, dealt, out = EXAMPLES / "allocate", tmp_path / "dealt.csv", tmp_path / "placed.csv"
    found = sapar("allocate", "deal", folder / "offers.csv", folder / "faculties.csv", "--out", dealt)
    assert found.exit_code == 0
    assert sum(int(places) for places in read_table(dealt).column("places")) == 7
    found = sapar("allocate", "run", folder / "applicants.csv", folder / "offers.csv", "--reserves", dealt,
                  "--seed", "2026", "--out", out)  # fmt: skip
    assert found.exit_code == 0
    parts = {(row["offer"], row["part"]) for row in read_table(out).rows}
    assert parts <= {(row["offer"], row["reserve"]) for row in read_table(dealt).rows} | {
        (row["offer"], "open") for row in read_table(folder / "offers.csv").rows
    }
    few = written(tmp_path / "few.csv", "faculty,weight,minimum,maximum\nlaw,1,9,\nlaw,-1,3,2\n,x,,\n")
    found = sapar("allocate", "deal", folder / "offers.csv", few, "--out", dealt)
    assert found.exit_code == 2
    assert "5 problems" in found.stderr


@pytest.mark.parametrize(
    ("call", "content", "sentences"),
    [
        (("grades", "mean"), "student,points,credits\na,3,0\nb,-3,5\n,3,5\nc,x,y\n",
         ["row 3, column “points”", "row 4, column “student”", "row 5, column “points”", "row 5, column “credits”",
          "4 problems"]),
        (("grades", "mean"), "student,points,credits\na,3,0\na,4,0\n",
         ["no mark of this student has credits", "2 problems"]),
        (("grades", "mean"), "student,points,credits\n", ["and no row"]),
        (("grades", "convert", "--how", "bavarian", "--best", "10", "--lowest-pass", "6"),
         "mark\n8\nNaN\ninf\n5\n11\n1e5\n",
         ["row 3", "row 4", "row 5", "row 6", "row 7", "5 problems"]),
        (("grades", "convert", "--how", "bavarian", "--best", "10", "--lowest-pass", "10"), "mark\n8\n8\n",
         ["Best mark and lowest pass are both 10.", "(recognition.flat_scale)"]),
        (("grades", "convert", "--how", "bavarian", "--best", "10", "--lowest-pass", "6", "--step", "0"),
         "mark\n8\n8\n",
         ["(recognition.bad_step)"]),
        (("grades", "credits", "--factor", "kaznpu:bachelor:course", "--chosen", "1.5"), "credits\n-1\nNaN\n3\n1e9\n",
         ["row 2", "row 3", "row 5", "3 problems"]),
        (("dedupe", "people"), "family,given\n", ["and no row"]),
        (("dedupe", "people"), "key,name,born_on\n1,…,32.13.2020\n1,A B,\n\u202e2,C D,\n",
         ["row 2, column “name”", "row 3, column “key”: “1” – is the key of row 2", "row 4, column “key”: “\\u202e2”"]),
        (("dedupe", "people"), "name\n" + "x" * 2_000_000 + "\n", ["cannot be read as a table"]),
    ],
)  # fmt: skip
def test_bad_marks_and_names_are_all_listed(
    tmp_path: Path, call: tuple[str, ...], content: str, sentences: list[str]
) -> None:
    found = sapar(*call, written(tmp_path / "table.csv", content))
    assert found.exit_code in (1, 2)
    for sentence in sentences:
        assert sentence in found.stderr, found.stderr


def test_bad_counts_and_directories_are_all_listed(tmp_path: Path) -> None:
    marks = written(tmp_path / "marks.csv", "mark\nA\n")
    counts = written(
        tmp_path / "counts.csv",
        "year,field,cycle,grade,count\n2024,0311,bachelor,A,-5\n2024,0311,bachelor,B,x\n1024,0311,bachelor,,3\n"
        "2025,0311,bachelor,C,99999999999999999999\n",
    )
    found = sapar("grades", "convert", marks, "--how", "distribution", "--from", counts,
                  "--to", EXAMPLES / "grades" / "home_counts.csv")  # fmt: skip
    assert found.exit_code == 2
    for at, column in ((2, "count"), (3, "count"), (4, "year"), (4, "grade"), (5, "count")):
        assert f"row {at}, column “{column}”" in found.stderr
    directory = written(tmp_path / "directory.csv", "key,name\n,Osh\na,…\na,Osh\nb,\n")
    found = sapar("dedupe", "institutions", EXAMPLES / "dedupe" / "partners.csv", "-d", directory)
    assert found.exit_code == 2
    for at, column in ((2, "key"), (3, "name"), (4, "key"), (5, "name")):
        assert f"row {at}, column “{column}”" in found.stderr


def test_a_group_of_forty_is_too_small_to_convert_by(tmp_path: Path) -> None:
    counts = written(
        tmp_path / "counts.csv",
        "year,field,cycle,grade,count\n2024,0311,bachelor,A,20\n2025,0311,bachelor,A,20\n",
    )
    found = sapar("grades", "convert", written(tmp_path / "marks.csv", "mark\nA\n"), "--how", "distribution",
                  "--from", counts, "--to", EXAMPLES / "grades" / "home_counts.csv")  # fmt: skip
    assert found.exit_code == 1
    assert "counts 40 passing grades of 50 needed" in found.stderr


def test_notes_beside_the_table_of_a_workbook_are_told_and_cells_too_many_of_a_text_refused(
    tmp_path: Path,
) -> None:
    offers, people = tmp_path / "offers.xlsx", written(tmp_path / "people.csv", HEAD + "anna,1,A,B\n")
    with xlsxwriter.Workbook(offers) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate((["offer", "places"], ["A", 1], ["B", 1, "", "ask Aida"])):
            sheet.write_row(at, 0, row)
    found = sapar("allocate", "run", people, offers, "--seed", "1")
    assert found.exit_code == 0, found.output
    assert "1 rows have cells behind the last column “places”" in found.stderr
    assert "row 3: “ask Aida”" in found.stderr
    found = sapar(
        "allocate", "run", people, written(tmp_path / "o.csv", "offer,places\nA,1\nB,1,5\n"), "--seed", "1"
    )
    assert found.exit_code == 2
    assert "row 3, column “places”: “1” – is followed by “5”" in found.stderr


@pytest.mark.parametrize(
    "command",
    [
        "survey calibrate {} --totals examples/survey/totals.csv --base weight",
        "survey weight {} --margins examples/survey/margins.csv --base weight",
        "survey trim {} --base weight --times 2",
        "survey describe {} rent",
        "survey table {} --rows feels_safe --columns country",
        "survey protect {} --rows country --columns university",
        "survey quality {} --items study,housing",
    ],
)
def test_a_file_of_column_names_alone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "head.csv", (EXAMPLES / "survey" / "answers.csv").read_text().splitlines()[0] + "\n")
    found = sapar(*command.format("head.csv").split())
    assert found.exit_code == 2, found.output
    assert "and no row." in found.stderr
    assert not (tmp_path / "weighted.csv").exists()


def test_a_long_file_shows_that_it_is_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    bar = tables.progress_bar

    def seen(what: str) -> AbstractContextManager[Progress]:
        shown.append(what)
        return bar(what)

    monkeypatch.setattr(tables, "progress_bar", seen)
    lines = "yes,a\n" * 350_000
    long = written(tmp_path / "long.csv", "answer,group\n" + lines)
    assert sapar("survey", "table", long, "--rows", "answer", "--columns", "group").exit_code == 0
    assert shown == ["reading long.csv", "the design"]
    shown.clear()
    short = written(tmp_path / "short.csv", "answer,group\nyes,a\nno,b\nyes,b\nno,a\n")
    assert sapar("survey", "table", short, "--rows", "answer", "--columns", "group").exit_code == 0
    assert shown == []


@pytest.mark.parametrize("terminal", [False, True])
def test_all_bad_rows_are_listed_and_a_terminal_is_told_where(
    tmp_path: Path, offers: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    rows = "".join(f"p{at},bad,A,\n" for at in range(1_000))
    monkeypatch.setattr(tables.err, "_force_terminal", terminal)
    found = sapar("allocate", "run", written(tmp_path / "people.csv", HEAD + rows), offers, "--seed", "1")
    assert found.exit_code == 2
    listed = [line for line in found.stderr.splitlines() if "column “score”: “bad”" in line]
    assert len(listed) == (200 if terminal else 1_000)
    assert ("and 800 more; 2> problems.txt" in found.stderr) == terminal
