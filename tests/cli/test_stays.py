"""`sapar stays` on its example files and on files that are wrong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sapar.cli.stays import app
from sapar.formats.tables import read_table

EXAMPLES = Path(__file__).parents[2] / "examples" / "stays"
STAYS, DUTIES, EXCHANGES = EXAMPLES / "stays.csv", EXAMPLES / "duties.csv", EXAMPLES / "exchanges.csv"
CALENDAR = ["--calendar", EXAMPLES / "calendar.csv"]
CHECK = ["--on", "30.11.2014"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "200"})


def saved(tmp_path: Path, *arguments: object, code: int = 0) -> dict[str, Any]:
    path = tmp_path / "out.json"
    result = run(*arguments, "--out", path)
    assert result.exit_code == code, result.output
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def written(tmp_path: Path, text: str, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def listed(result: Result) -> list[str]:
    """The refused cells as the command names them."""
    assert result.exit_code == 2, result.output
    return [line.strip().split(" – ")[0] for line in result.output.splitlines() if line.startswith("  row")]


def test_the_published_stays_are_counted(tmp_path: Path) -> None:
    """The second example of the Swiss State Secretariat for Migration: 77 days, the last possible day 13 December."""
    found = saved(tmp_path, "count", STAYS, *CHECK, "--warn", "85", "--again", "60")
    lines = {line["person"]: line for line in found["counts"]}
    assert lines["Aigerim"] == {
        "person": "Aigerim", "used": 77, "remaining": 13, "over": 0, "last lawful day": "2014-12-13",
        "85 days on": "2014-12-08", "next entry for 60": "2015-01-29",
    }  # fmt: skip
    assert sum(part["days"] for part in found["spent"] if part["person"] == "Aigerim") == 77
    crossed = saved(tmp_path, "count", EXAMPLES / "crossings.csv", "--crossings", *CHECK)
    assert crossed["counts"][0]["used"] == 77


def test_days_beyond_the_limit_and_exempt_days(tmp_path: Path) -> None:
    found = saved(tmp_path, "count", STAYS, *CHECK)
    beyond = {part["person"] for part in found["beyond"]}
    lines = {line["person"]: line for line in found["counts"]}
    assert {name for name, line in lines.items() if line["over"]} == {"Bek", "Chandra", "Emir"}
    assert beyond == {"Bek", "Chandra", "Emir"}
    exempt = saved(tmp_path, "count", STAYS, *CHECK, "--exempt", EXAMPLES / "exempt.csv")
    # 1 to 14 September count, the days of the visa do not.
    assert {line["person"]: line["used"] for line in exempt["counts"]}["Chandra"] == 14
    assert lines["Chandra"]["used"] == 91
    since = saved(tmp_path, "count", STAYS, *CHECK, "--since", "2014-11-01")
    assert {line["person"]: line["used"] for line in since["counts"]}["Aigerim"] == 30


def test_all_bad_rows_of_stays_are_listed(tmp_path: Path) -> None:
    people = written(
        tmp_path,
        "person,entry,exit\na,31.02.2025,\na,2025-03-01,2025-02-01\n,2025-01-01,\nb,,2025-01-01\nb,2025-01-01,soon\n",
    )
    assert listed(run("count", people, *CHECK)) == [
        "row 2, column “entry”: “31.02.2025”",
        "row 3, column “exit”: “2025-02-01”",
        "row 4, column “person”: “”",
        "row 5, column “entry”: “”",
        "row 6, column “exit”: “soon”",
    ]
    exempt = written(
        tmp_path, "person,first,last\nnobody,2014-01-01,2014-01-02\nBek,2014-02-02,2014-02-01\n", "e.csv"
    )
    assert listed(run("count", STAYS, *CHECK, "--exempt", exempt)) == [
        "row 2, column “person”: “nobody”",
        "row 3, column “last”: “2014-02-01”",
    ]


def test_crossings_that_are_missing_are_listed_by_row(tmp_path: Path) -> None:
    rows = "a,2025-01-01,exit\na,2025-01-02,entry\nb,2025-01-05,entry\na,2025-01-03,entry\n"
    path = written(tmp_path, "person,date,way\n" + rows)
    found = run("count", path, "--crossings", *CHECK)
    assert listed(found) == ["row 2, column “way”: “exit”", "row 5, column “way”: “entry”"]
    late = written(tmp_path, "person,date,way\na,2025-01-05,entry\na,2025-01-02,exit\nb,5,in\n")
    assert listed(run("count", late, "--crossings", *CHECK)) == [
        "row 4, column “date”: “5”",
        "row 4, column “way”: “in”",
    ]
    unordered = written(tmp_path, "person,date,way\na,2025-01-05,entry\na,2025-01-02,exit\n")
    assert listed(run("count", unordered, "--crossings", *CHECK)) == ["row 3, column “date”: “2025-01-02”"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--unit", "working-days"], ["2025-03-24", "2025-04-04", "2025-04-04", "2025-05-12"]),
        (["--unit", "days"], ["2025-03-19", "2025-03-31", "2025-04-04", "2025-05-12"]),
        (
            ["--unit", "days", "--from", "same-day", "--length", "1"],
            ["2025-03-14", "2025-03-19", "2025-04-01", "2025-05-08"],
        ),
        (
            ["--unit", "working-hours", "--length", "4", "--opens", "09:00", "--closes", "18:00"],
            ["2025-03-14 13:00", "2025-03-24 11:00", "2025-04-02 13:00", "2025-05-08 13:00"],
        ),
        (
            ["--unit", "hours", "--length", "72", "--opens", "00:01"],
            ["2025-03-18 00:01", "2025-03-23 00:01", "2025-04-05 00:01", "2025-05-12 00:01"],
        ),
        (
            ["--unit", "working-days", "--weekend", "sunday", "--length", "1"],
            ["2025-03-15", "2025-03-22", "2025-04-02", "2025-05-10"],
        ),
    ],
)
def test_deadlines(tmp_path: Path, arguments: list[str], expected: list[str]) -> None:
    lines = saved(tmp_path, "due", DUTIES, *arguments, *CALENDAR)["deadlines"]
    assert [line["due"] for line in lines] == expected


def test_hours_pass_over_a_change_of_clocks(tmp_path: Path) -> None:
    events = written(tmp_path, "event,length\n29.03.2025 12:00,24\n")
    asked = ["due", events, "--unit", "hours", "--from", "same-day"]
    assert saved(tmp_path, *asked)["deadlines"][0]["due"] == "2025-03-30 12:00"
    berlin = saved(tmp_path, *asked, "--zone", "Europe/Berlin")["deadlines"]
    assert berlin[0]["due"] == "2025-03-30 13:00+02:00"


def test_the_days_passed_over_are_told(tmp_path: Path) -> None:
    line = saved(tmp_path, "due", DUTIES, "--unit", "working-days", *CALENDAR)["deadlines"][3]
    assert line["passed over"] == "2025-05-09 holiday, 2025-05-10 weekend, 2025-05-11 weekend"
    assert (line["duty"], line["counted from"]) == ("extend a visa", "2025-05-12")


def test_all_events_and_terms_that_cannot_be_counted_are_listed(tmp_path: Path) -> None:
    events = written(
        tmp_path,
        "event,length\n2025-03-01,1\n2026-03-01,1\nsoon,2\n2025-12-30,9\n2025-03-01 25:00,1\n,1\n2025-03-01,half\n"
        "2025-03-01,0\n",
    )
    found = run("due", events, "--unit", "working-days", *CALENDAR)
    assert listed(found) == [
        "row 3, column “event”: “2026-03-01”",
        "row 4, column “event”: “soon”",
        "row 5, column “event”: “2025-12-30”",
        "row 6, column “event”: “2025-03-01 25:00”",
        "row 7, column “event”: “”",
        "row 8, column “length”: “half”",
        "row 9, column “length”: “0”",
    ]
    assert "calendar knows 2025-01-01 to 2025-12-31, not 2026-03-02" in found.output


def test_all_bad_rows_of_a_calendar_are_listed(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "date,kind,name\n2025-01-01,first,\n2025-12-31,last,\n2025-02-01,first,\nx,holiday,\n2025-05-01,feast,\n"
        "2025-05-02,holiday,\n2025-05-02,holiday,\n",
        "calendar.csv",
    )
    assert listed(run("due", DUTIES, "--unit", "working-days", "--calendar", path)) == [
        "row 4, column “date”: “2025-02-01”",
        "row 5, column “date”: “x”",
        "row 6, column “kind”: “feast”",
        "row 8, column “date”: “2025-05-02”",
    ]
    path.write_text(
        "date,kind\n2025-01-01,first\n2025-12-31,last\n2026-01-01,holiday\n2025-05-02,holiday\n2025-05-02,worked\n"
    )
    assert listed(run("due", DUTIES, "--unit", "working-days", "--calendar", path)) == [
        "row 4, column “date”: “2026-01-01”",
        "row 6, column “kind”: “worked”",
    ]
    path.write_text("date,kind\n2025-01-01,first\n")
    assert "from which (first) to which day (last)" in run("split", EXCHANGES, "--calendar", path).output


def test_parts_add_up_to_the_whole(tmp_path: Path) -> None:
    for arguments in ([], ["--terms", EXAMPLES / "terms.csv"], ["--starts", "02-01"]):
        parts = saved(tmp_path, "split", EXCHANGES, *arguments)["parts"]
        for student, days in (("Aigerim", 345), ("Bek", 156), ("Chandra", 153)):
            assert sum(part["days"] for part in parts if part["student"] == student) == days
    years = saved(tmp_path, "split", EXCHANGES)["parts"]
    assert [(part["part"], part["days"]) for part in years[:2]] == [("2024/2025", 203), ("2025/2026", 142)]
    spring = written(tmp_path, "first,last\n2025-03-10,2025-03-23\n")
    worked = saved(tmp_path, "split", spring, *CALENDAR)["parts"]
    # Ten weekdays without two of the fair, with a worked Saturday.
    assert worked[0]["working days"] == 9
    outside = run("split", EXCHANGES, *CALENDAR)
    assert (outside.exit_code, "stays.calendar_ends" in outside.output) == (1, True)


def test_terms_that_overlap_are_listed(tmp_path: Path) -> None:
    terms = written(
        tmp_path, "name,first,last\na,2025-01-01,2025-03-01\nb,2025-03-01,2025-04-01\n,2025-05-01,x\n"
    )
    assert listed(run("split", EXCHANGES, "--terms", terms)) == [
        "row 4, column “name”: “”",
        "row 4, column “last”: “x”",
    ]
    terms.write_text("name,first,last\na,2025-01-01,2025-03-01\nb,2025-03-01,2025-04-01\n")
    assert listed(run("split", EXCHANGES, "--terms", terms)) == ["row 3, column “first”: “2025-03-01”"]


def test_durations_follow_their_rule(tmp_path: Path) -> None:
    """Erasmus+: 1 January to 15 April 2023 has 105 days."""
    path = written(tmp_path, "first,last\n01.01.2023,15.04.2023\n")
    found = {
        rule: saved(tmp_path, "duration", path, "--rule", rule)["durations"][0]
        for rule in ("thirty-day-months", "calendar-months", "days")
    }
    assert [(one["months"], one["days"], one["total days"]) for one in found.values()] == [
        (3, 15, 105), (3, 15, 105), (0, 105, 105),
    ]  # fmt: skip


def test_overlaps_are_told_by_row_and_end_with_one(tmp_path: Path) -> None:
    found = saved(tmp_path, "overlaps", EXCHANGES, "--person", "student", code=1)["overlaps"]
    assert found == [
        {"student": "Bek", "row": 3, "other row": 4, "first": "2025-06-30", "last": "2025-06-30", "days": 1}
    ]
    assert len(saved(tmp_path, "overlaps", EXCHANGES, code=1)["overlaps"]) == 4
    apart = written(tmp_path, "first,last\n2025-01-01,2025-01-02\n2025-01-03,2025-01-04\n")
    none = run("overlaps", apart)
    assert (none.exit_code, "none overlap" in none.output) == (0, True)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_results_are_written_by_ending(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    assert run("count", STAYS, *CHECK, "--out", path).exit_code == 0
    if ending == "json":
        assert {"counts", "spent", "beyond"} == set(json.loads(path.read_text()))
    else:
        assert len(read_table(path)) == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ["count", STAYS, "--on", "yesterday"],
        ["count", STAYS, *CHECK, "--days", "0"],
        ["count", STAYS, *CHECK, "--days", "200"],
        ["count", STAYS, *CHECK, "--per", "10000"],
        ["count", STAYS, *CHECK, "--warn", "many"],
        ["count", STAYS, *CHECK, "--warn", "-5"],
        ["count", STAYS, *CHECK, "--again", "0"],
        ["count", STAYS, *CHECK, "--since", "x"],
        ["count", STAYS, *CHECK, "--crossings"],
        ["count", "nothing.csv", *CHECK],
        ["count", STAYS, *CHECK, "--out", "out.doc"],
        ["due", DUTIES, "--unit", "working-days"],
        ["due", DUTIES, "--unit", "weeks"],
        ["due", DUTIES, "--unit", "hours", "--opens", "morning"],
        ["due", DUTIES, "--unit", "working-hours", *CALENDAR, "--opens", "18:00", "--closes", "09:00"],
        ["due", DUTIES, "--unit", "hours", "--zone", "Mars/Base"],
        ["due", DUTIES, "--unit", "days", "--length", "0"],
        ["due", DUTIES, "--unit", "working-days", *CALENDAR, "--weekend", "sunday,funday"],
        ["due", DUTIES, "--unit", "working-days", *CALENDAR, "--weekend",
         "monday,tuesday,wednesday,thursday,friday,saturday,sunday"],
        ["due", STAYS, "--unit", "days"],
        ["split", EXCHANGES, "--starts", "02-29"],
        ["split", EXCHANGES, "--starts", "autumn"],
        ["split", EXCHANGES, "--starts", "13-01"],
        ["duration", STAYS],
        ["overlaps", EXCHANGES, "--person", "name"],
    ],
)  # fmt: skip
def test_refusals_have_an_exit_code_and_no_traceback(arguments: list[object]) -> None:
    result = run(*arguments)
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), result.output


def test_many_people_are_counted_soon(tmp_path: Path) -> None:
    day = date(2024, 1, 1).isoformat()
    path = written(tmp_path, "person,entry,exit\n" + "".join(f"P{at},{day},\n" for at in range(2_000)))
    result = run("count", path, *CHECK[:1], "2024-02-01")
    assert result.exit_code == 0, result.output
    assert "1960 more" in result.output
