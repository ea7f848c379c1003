"""`sapar panel` on its example files and on files that are wrong."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sapar.cli.panel import app
from sapar.formats.tables import read_table

EXAMPLES = Path(__file__).parents[2] / "examples" / "panel"
POOL, QUOTAS = EXAMPLES / "volunteers.csv", EXAMPLES / "quotas.csv"
DOCS = Path(__file__).parents[2] / "docs" / "methods"
TERMS = ("--seats", "24", "--one-per-household")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "220"})


def written(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("panel") / "lottery.json"
    result = run("lottery", POOL, QUOTAS, *TERMS, "--out", path)
    assert result.exit_code == 0, result.output
    assert "no lottery gives everyone more than 13.7615 %" in result.output
    return path


def keeps_quotas(members: set[str]) -> bool:
    rows = [row for row in read_table(POOL).rows if row["id"] in members]
    homes = [row["household"] for row in rows if row["household"]]
    return len(homes) == len(set(homes)) and all(
        int(quota["min"]) <= sum(row[quota["feature"]] == quota["value"] for row in rows) <= int(quota["max"])
        for quota in read_table(QUOTAS).rows
    )


def test_quotas_of_the_example_can_be_met() -> None:
    result = run("check", POOL, QUOTAS, *TERMS)
    assert result.exit_code == 0, result.output
    assert "All 16 quotas can be met with 120 volunteers." in result.output


def test_tight_quotas_end_with_1_and_the_relaxed_ones_can_be_met(tmp_path: Path) -> None:
    relaxed = tmp_path / "relaxed.csv"
    result = run("check", POOL, EXAMPLES / "quotas_too_tight.csv", "--seats", "24", "--out", relaxed)
    assert result.exit_code == 1, result.output
    assert "oblast = Naryn: 5 volunteered, 6 are asked for." in result.output
    assert "The smallest change, 9 in all" in result.output
    assert run("check", POOL, relaxed, "--seats", "24").exit_code == 0
    refused = run("lottery", POOL, EXAMPLES / "quotas_too_tight.csv", "--seats", "24")
    assert refused.exit_code == 1
    assert "(sortition.infeasible)" in refused.output


def test_published_panels_keep_the_quotas_and_add_up(published: Path) -> None:
    data = json.loads(published.read_text())
    facts = {row["name"]: row["value"] for row in data["facts"]}
    held: dict[str, int] = {}
    first = 0
    for row in data["panels"]:
        members = row["members"].split("; ")
        assert row["first_ticket"] == first
        assert len(members) == 24
        assert keeps_quotas(set(members))
        for member in members:
            held[member] = held.get(member, 0) + row["tickets"]
        first += row["tickets"]
    assert first == facts["tickets"]
    for row in data["chances"]:
        assert row["chance"] == held.get(row["id"], 0) / facts["tickets"]
    assert facts["least_chance"] == pytest.approx(facts["bound"], abs=1e-6)


def test_draw_can_be_repeated_by_hand(published: Path, tmp_path: Path) -> None:
    out = tmp_path / "panel.json"
    assert run("draw", published, "--seed", "4 8 15 16 23 42", "--out", out).exit_code == 0
    data = json.loads(published.read_text())
    facts = {row["name"]: row["value"] for row in data["facts"]}
    text = f"{facts['pool_hash']}\n{facts['panels_hash']}\n4 8 15 16 23 42"
    ticket = int(hashlib.sha256(text.encode()).hexdigest(), 16) % facts["tickets"]
    panel = [row for row in data["panels"] if row["first_ticket"] <= ticket][-1]
    assert [row["id"] for row in json.loads(out.read_text())["panel"]] == panel["members"].split("; ")


def test_replacement_keeps_those_who_stay(published: Path, tmp_path: Path) -> None:
    panel = tmp_path / "panel.csv"
    assert run("draw", published, "--seed", "1", "-o", panel).exit_code == 0
    members = read_table(panel).column("id")
    sure = {row["id"] for row in json.loads(published.read_text())["chances"] if row["chance"] == 1}
    gone = next(member for member in members if member not in sure)
    out = tmp_path / "again.json"
    result = run("replace", POOL, QUOTAS, *TERMS, "--seated", panel, "--gone", gone, "-o", out)
    assert result.exit_code == 0, result.output
    for row in json.loads(out.read_text())["panels"]:
        new = set(row["members"].split("; "))
        assert set(members) - {gone} < new
        assert gone not in new
        assert keeps_quotas(new)


def test_verify_finds_all_right_and_what_was_changed(published: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.json"
    assert run("draw", published, "--seed", "7", "-o", drawn).exit_code == 0
    result = run("verify", published, POOL, QUOTAS, *TERMS, "--drawn", drawn)
    assert result.exit_code == 0, result.output
    assert "120 chances, the proof, and the draw." in result.output

    other = written(tmp_path / "other.csv", POOL.read_text().replace("V001,", "V999,", 1))
    result = run("verify", published, other, QUOTAS, *TERMS)
    assert result.exit_code == 1
    assert {"hash", "chance:V999"} <= set(result.output.splitlines())
    assert "unknown:V001" in result.output
    assert run("verify", published, POOL, QUOTAS, "--seats", "24").exit_code == 1

    data = json.loads(drawn.read_text())
    data["panel"][0]["id"] = "V120"
    result = run("verify", published, POOL, QUOTAS, *TERMS, "--drawn", written(drawn, json.dumps(data)))
    assert result.exit_code == 1
    assert "draw: the seed gives ticket" in result.output

    data = json.loads(published.read_text())
    data["chances"][0]["chance"] += 0.1
    favoured = written(tmp_path / "favoured.json", json.dumps(data))
    result = run("verify", favoured, POOL, QUOTAS, *TERMS)
    assert result.exit_code == 1
    assert "chance:V001" in result.output
    for broken in ("[]", "3", '{"facts": 3}', "{", '{"facts": [], "panels": [], "chances": []}'):
        assert run("verify", written(tmp_path / "x.json", broken), POOL, QUOTAS, *TERMS).exit_code == 2
        assert run("verify", published, POOL, QUOTAS, *TERMS, "--drawn", tmp_path / "x.json").exit_code == 2


def test_verify_finds_whatever_is_changed_in_the_files(tmp_path: Path) -> None:
    """Each kind of value in both published files, changed alone: a stranger with the files finds it."""
    rows = [f"p{at:02d},{'f' if at % 3 else 'm'},{'town' if at % 2 else 'village'}" for at in range(12)]
    pool = written(tmp_path / "pool.csv", "\n".join(["id,sex,place", *rows]))
    quotas = written(tmp_path / "quotas.csv", "feature,value,min,max\nsex,f,2,2\nsex,m,2,2\nplace,town,1,3\n")
    lottery, drawn = tmp_path / "lottery.json", tmp_path / "drawn.json"
    assert run("lottery", pool, quotas, "--seats", "4", "-o", lottery).exit_code == 0
    assert run("draw", lottery, "--seed", "17 4", "-o", drawn).exit_code == 0
    check = ("verify", lottery, pool, quotas, "--seats", "4", "--drawn", drawn)
    assert run(*check).exit_code == 0
    changes = 0
    for path in (lottery, drawn):
        honest = path.read_text()
        for sheet, lines in json.loads(honest).items():
            for at in range(len(lines)) if sheet == "facts" else (0, len(lines) - 1):
                for column, value in lines[at].items():
                    changed = json.loads(honest)
                    changed[sheet][at][column] = f"{value}x" if isinstance(value, str) else 2 * value + 1
                    path.write_text(json.dumps(changed))
                    assert run(*check).exit_code in (1, 2), (sheet, at, column)
                    changes += 1
        path.write_text(honest)
    assert changes > 40


def test_nash_says_its_bound() -> None:
    result = run("lottery", POOL, QUOTAS, *TERMS, "--rule", "nash")
    assert result.exit_code == 0, result.output
    line = next(line for line in result.output.splitlines() if line.startswith("Geometric mean"))
    mean, most = (float(word) for word in line.replace("%", "").split() if word[0].isdigit())
    assert mean == most > 15


def console_commands(name: str) -> list[tuple[str, list[str]]]:
    """The commands of a page and the lines that it prints below each; a box and what only hints is left out."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", (DOCS / name).read_text(), re.DOTALL):
        for line in block.replace("\\\n", "").splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line[0] not in "┏┡└┃│…":
                found[-1][1].append(line)
    return found


@pytest.mark.parametrize("name", ["sortition.md", "teams.md"])
def test_commands_of_the_page_print_what_it_shows(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples").symlink_to(EXAMPLES.parent)
    monkeypatch.chdir(tmp_path)
    for command, lines in console_commands(name):
        sapar, panel, *arguments = shlex.split(command)
        assert (sapar, panel) == ("sapar", "panel")
        result = run(*arguments)
        assert result.exit_code == (1 if "too_tight" in command else 0), result.output
        for line in lines:
            assert line in map(str.rstrip, result.output.splitlines())


def test_equal_panels_are_numbered_from_ticket_to_ticket(tmp_path: Path) -> None:
    out = tmp_path / "lottery.xlsx"
    result = run("lottery", POOL, QUOTAS, *TERMS, "--equal", "100", "--rule", "maximin", "-o", out)
    assert result.exit_code == 0, result.output
    rows = read_table(out, sheet="panels").rows
    assert [row["first_ticket"] for row in rows] == [str(at) for at in range(100)]


def test_include_and_apart_reach_the_lottery() -> None:
    result = run("lottery", POOL, QUOTAS, *TERMS, "--include", "V001", "--apart", "V001,V002")
    assert result.exit_code == 0, result.output
    assert "V002" in result.output.split("can hold:")[1]


def test_teams_of_the_example_are_balanced(tmp_path: Path) -> None:
    out = tmp_path / "plan.csv"
    result = run(
        "teams", POOL, "--rooms", "20", "--rounds", "2", "--balance", "sex", "--seed", "1",
        "--moves", "20000", "--apart", "V001,V002", "--together", "V003,V004", "-o", out,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "Repeated meetings: 0 (none can have fewer than 0); out of balance: 0" in result.output
    rooms = {(row["round"], row["id"]): row["room"] for row in read_table(out).rows}
    assert len(rooms) == 240
    for number in "12":
        assert rooms[number, "V001"] != rooms[number, "V002"]
        assert rooms[number, "V003"] == rooms[number, "V004"]


def test_bedrooms_take_whom_they_say(published: Path, tmp_path: Path) -> None:
    panel = tmp_path / "panel.csv"
    assert run("draw", published, "--seed", "1", "-o", panel).exit_code == 0
    members = set(read_table(panel).column("id"))
    lines = POOL.read_text().splitlines()
    pool = written(
        tmp_path / "pool.csv", "\n".join([lines[0], *(x for x in lines if x.split(",")[0] in members)])
    )
    more = written(
        tmp_path / "rooms.csv", (EXAMPLES / "bedrooms.csv").read_text() + "Room 7,4,f\nRoom 8,4,m\n"
    )
    out = tmp_path / "plan.csv"
    result = run("teams", pool, "--rooms", more, "--seed", "1", "-o", out)
    assert result.exit_code == 0, result.output
    sex = {row["id"]: row["sex"] for row in read_table(POOL).rows}
    accepted = {row["name"]: row["sex"] for row in read_table(more).rows}
    assert all(sex[row["id"]] == accepted[row["room"]] for row in read_table(out).rows)


def test_bad_rows_are_all_listed(tmp_path: Path) -> None:
    pool = written(tmp_path / "pool.csv", "id,sex\na,f\na,m\n,f\nb;c,f\nd,\n")
    quotas = written(tmp_path / "q.csv", "feature,value,min,max\nsex,f,1,2\n")
    result = run("lottery", pool, quotas, "--seats", "2")
    assert result.exit_code == 2
    for expected in ("is the id of row 2 already", "semicolon", "row 4, column “id”", "row 6, column “sex”"):
        assert expected in result.output
    bad = written(tmp_path / "bad.csv", "feature,value,min,max\nsex,f,3,2\nsex,f,x,2\nsex,m,-1,2\n")
    result = run("check", pool, bad, "--seats", "2")
    assert result.exit_code == 2
    for expected in ("below the min of 3", "has a quota in row 2", "not a whole number", "is below 0"):
        assert expected in result.output


def test_households_without_their_column_are_not_passed_over(tmp_path: Path) -> None:
    pool = written(tmp_path / "pool.csv", "id,sex\na,f\nb,f\n")
    quotas = written(tmp_path / "q.csv", "feature,value,min,max\nsex,f,1,2\n")
    result = run("lottery", pool, quotas, "--seats", "2", "--one-per-household")
    assert result.exit_code == 2
    assert "household" in result.output


def test_more_must_sit_than_there_are_seats() -> None:
    result = run("lottery", POOL, QUOTAS, "--seats", "1", "--include", "V001", "--include", "V002")
    assert result.exit_code == 1
    assert "2 people must sit, and there are 1 seats." in result.output


def test_misspelt_value_is_pointed_out(tmp_path: Path) -> None:
    pool = written(tmp_path / "pool.csv", "id,sex\na,f\nb,F\nc,f\n")
    quotas = written(tmp_path / "q.csv", "feature,value,min,max\nsex,f,1,2\n")
    result = run("check", pool, quotas, "--seats", "2")
    assert result.exit_code == 0
    assert "sex = F has no quota." in result.output


def test_changed_or_foreign_lottery_is_not_drawn_from(published: Path, tmp_path: Path) -> None:
    data = json.loads(published.read_text())
    data["panels"][0]["tickets"] += 1
    changed = written(tmp_path / "changed.json", json.dumps(data))
    result = run("draw", changed, "--seed", "1")
    assert result.exit_code == 2
    assert "not those whose hash was published" in result.output.replace("\n", " ")
    foreign = written(tmp_path / "foreign.json", '{"panels": 3}')
    assert run("draw", foreign, "--seed", "1").exit_code == 2
    assert run("draw", tmp_path / "none.json", "--seed", "1").exit_code == 2
    assert run("draw", published, "--seed", " ").exit_code == 1
    assert run("teams", POOL, "--rooms", "0", "--seed", "1").exit_code == 2
    assert run("teams", POOL, "--rooms", "3", "--seed", "1", "--apart", "V001").exit_code == 2


def test_faulty_cells_of_pool_and_quotas_are_listed_together(tmp_path: Path) -> None:
    pool = written(tmp_path / "pool.csv", "id,sex\na,f\nb\u200b,\n")
    quotas = written(tmp_path / "q.csv", "feature,value,min,max\nsex,f,1,x\n,m,1,2\n")
    result = run("check", pool, quotas, "--seats", "2")
    assert result.exit_code == 2
    for expected in (
        "q.csv:", "row 2, column “max”: “x”", "row 3, column “feature”",
        "pool.csv:", "row 3, column “id”", "signs that cannot be seen", "row 3, column “sex”", "4 problems",
    ):  # fmt: skip
        assert expected in result.output
    missing = written(tmp_path / "m.csv", "feature,value,min,max\nage,f,1,x\n")
    result = run("check", pool, missing, "--seats", "2")
    assert result.exit_code == 2
    assert "row 2, column “max”" in result.output


def test_nothing_is_computed_that_could_not_be_written(tmp_path: Path) -> None:
    panel = written(tmp_path / "panel.csv", "id\nV001\n")
    for arguments in (
        ("check", POOL, QUOTAS, *TERMS), ("lottery", POOL, QUOTAS, *TERMS),
        ("draw", tmp_path / "none.json", "--seed", "1"), ("teams", POOL, "--rooms", "20", "--seed", "1"),
        ("replace", POOL, QUOTAS, *TERMS, "--seated", panel, "--gone", "V002"),
    ):  # fmt: skip
        result = run(*arguments, "--out", tmp_path / "result.pdf")
        assert result.exit_code == 2
        assert "write .csv, .xlsx or .json" in result.output
        assert "There is no folder" in run(*arguments, "--out", tmp_path / "no" / "result.csv").output


def test_check_writes_quotas_that_can_be_met_as_they_are(tmp_path: Path) -> None:
    out = tmp_path / "quotas.csv"
    assert run("check", POOL, QUOTAS, *TERMS, "--out", out).exit_code == 0
    assert [row["min"] for row in read_table(out).rows] == [row["min"] for row in read_table(QUOTAS).rows]


def test_a_lottery_as_csv_has_its_panels_and_facts_beside_it(published: Path, tmp_path: Path) -> None:
    out = tmp_path / "lottery.csv"
    assert run("lottery", POOL, QUOTAS, *TERMS, "--out", out).exit_code == 0
    data = json.loads(published.read_text())
    assert len(read_table(out).rows) == len(data["chances"])
    panels = read_table(tmp_path / "lottery.panels.csv").rows
    assert [row["members"] for row in panels] == [row["members"] for row in data["panels"]]
    facts = {row["name"]: row["value"] for row in read_table(tmp_path / "lottery.facts.csv").rows}
    assert facts["panels_hash"] == next(row["value"] for row in data["facts"] if row["name"] == "panels_hash")


def test_a_room_that_stands_twice_is_refused_with_its_rows(tmp_path: Path) -> None:
    rooms = written(tmp_path / "rooms.csv", "name,seats\nA,60\nB,x\nA,60\n")
    result = run("teams", POOL, "--rooms", rooms, "--seed", "1")
    assert result.exit_code == 2
    assert "row 4, column “name”: “A” – is the room of row 2 already" in result.output
    assert "row 3, column “seats”" in result.output


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("chance", -1),
        ("chance", "0.1"),
        ("optimum", 1e999),
        ("proof", True),
        ("impossible", 0),
        ("id", "V002"),
    ],
)
def test_a_published_chance_that_is_none_is_refused(
    published: Path, tmp_path: Path, column: str, value: object
) -> None:
    data = json.loads(published.read_text())
    data["chances"][0][column] = value
    changed = written(tmp_path / "changed.json", json.dumps(data))
    found = run("verify", changed, POOL, QUOTAS, *TERMS)
    assert found.exit_code == 2, found.output
    assert "is not a lottery written as .json." in found.output
