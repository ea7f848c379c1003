"""Wrong files of `sapar index`: every bad row at once, with line, column, value and reason; never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sapar.cli.index import app

EXAMPLES = Path(__file__).parents[2] / "examples" / "index"
UNITS, TREE, MODEL, YEARS, LEVERS, CRITERIA, POINTS = (
    str(EXAMPLES / f"{name}")
    for name in (
        "universities.csv", "tree.csv", "model.toml", "years.csv", "levers.csv", "criteria.csv", "points.csv",
    )
)  # fmt: skip


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "160"})


def refused(result: Result, *lines: str) -> None:
    assert result.exit_code == 2, result.output
    told = [line.strip() for line in result.output.splitlines() if line.startswith("  row")]
    assert sorted(told) == sorted(lines)
    assert f"{len(lines)} problems; nothing was computed." in result.output


def written(path: Path, *words: str) -> dict[str, list[dict[str, object]]]:
    result = call(*words, "--out", str(path))
    assert result.exit_code == 0, result.output
    return dict(json.loads(path.read_text()))


def test_every_fault_of_a_tree_is_listed(tmp_path: Path) -> None:
    tree = tmp_path / "tree.csv"
    tree.write_text(
        "code,parent,weight,direction,low,high,treat\n"
        "a,I,1,2,5,5,\n"
        "a,I,-1,1,,,maybe\n"
        "b,Q,1,1,1e999,,\n"
        "c,d,1,1,,,\n"
        "d,c,1,1,,,\n"
        "I,,1,1,,,\n"
        "J,,,,,,\n"
        ",I,1,,,,\n"
        "e,K,0,,,,\n"
        "K,I,1,,,,\n"
    )
    refused(
        call("build", UNITS, str(tree)),
        "row 2, column “direction”: “2” – is neither 1 nor -1",
        "row 2, column “high”: “5” – is not above the lower post 5",
        "row 3, column “weight”: “-1” – is below 0",
        "row 3, column “treat”: “maybe” – is not one of: yes, no",
        "row 3, column “code”: “a” – is in row 2 already",
        "row 4, column “low”: “1e999” – is not a number",
        "row 4, column “parent”: “Q” – is no code of this file",
        "row 5, column “parent”: “d” – leads in a circle, not to the index",
        "row 6, column “parent”: “c” – leads in a circle, not to the index",
        "row 8, column “parent”: “” – is empty, as in row 7; only the index has none",
        "row 9, column “code”: “” – is empty",
        "row 10, column “weight”: “0” – is 0, as are all below K",
    )
    tree.write_text("code,parent,level\na,P,1\nP,I,3\nI,,\n")
    refused(call("build", UNITS, str(tree)), "row 3, column “level”: “3” – is not the level in the tree, 2")
    tree.write_text("code,parent\na,b\nb,a\n")
    refused(
        call("build", UNITS, str(tree)),
        "row 2, column “parent”: “b” – is not empty, and no row has an empty one: which is the index?",
    )
    tree.write_text("code,parent\nI,\n")
    refused(call("build", UNITS, str(tree)), "row 2: “” – is the only row; an index needs an indicator")


SMALL = "code,parent,denominator\na,I,size\nb,I,\nI,,\n"


def test_every_fault_of_the_units_is_listed(tmp_path: Path) -> None:
    tree, units = tmp_path / "tree.csv", tmp_path / "units.csv"
    tree.write_text(SMALL)
    units.write_text("unit,a,b,size\nX,1,2,3\nY,many,1e101,0\nX,1,-1e200,-4\n,1,1,\nZ,1e999,1,x\n")
    refused(
        call("build", str(units), str(tree)),
        "row 3, column “a”: “many” – is not a number",
        "row 3, column “b”: “1e101” – is above 1e+100",
        "row 3, column “size”: “0” – is not above 0, and indicators are divided by it",
        "row 4, column “unit”: “X” – is in row 2 already",
        "row 4, column “b”: “-1e200” – is below -1e+100",
        "row 4, column “size”: “-4” – is not above 0, and indicators are divided by it",
        "row 5, column “unit”: “” – is empty",
        "row 6, column “a”: “1e999” – is not a number",
        "row 6, column “size”: “x” – is not a number",
    )
    units.write_text("unit,a,b,size\nX,1,2,0\nY,3,1,1\n")
    model = tmp_path / "model.toml"
    model.write_text("divided = false\n")
    assert call("build", str(units), str(tree), "--model", str(model)).exit_code == 0
    # A choice that divides needs the denominators that the model itself does without.
    model.write_text(
        'divided = false\n[[choice]]\nname = "d"\nsetting = "divided"\n[choice.options]\nyes = true\nno = false\n'
    )
    assert call("ranks", str(units), str(tree), "--model", str(model)).exit_code == 2


def test_every_fault_of_the_years_is_listed(tmp_path: Path) -> None:
    tree, years = tmp_path / "tree.csv", tmp_path / "years.csv"
    tree.write_text(SMALL)
    years.write_text("year,unit,a,b,size\n2024,X,1,2,3\n2024,X,1,2,3\n2025,X,1,2,3\nsoon,X,1,2,3\n")
    refused(
        call("years", str(years), str(tree)),
        "row 3, column “unit”: “X” – is in row 2 already",
        "row 5, column “year”: “soon” – is not a whole number",
    )


def test_every_fault_of_levers_comparisons_and_points_is_listed(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("code,cost,limit,step\nincoming,0,5,1\nincoming,1,x,1\nzz,1,5,-1\n")
    known = "incoming, outgoing, degree, staff_out, visitors, joint_papers, projects, recognised, days"
    refused(
        call("target", UNITS, TREE, str(file), "--unit", "Umut", "--rank", "3"),
        "row 2, column “cost”: “0” – is not above 0",
        "row 3, column “limit”: “x” – is not a number",
        "row 3, column “code”: “incoming” – is in row 2 already",
        f"row 4, column “code”: “zz” – is not one of: {known}",
        "row 4, column “step”: “-1” – is below 0",
    )
    file.write_text("criterion,a,b,c\na,1,²/3,2\nb,3,2,1/0\nc,1,-1,1\n")
    refused(
        call("ahp", str(file)),
        "row 2, column “b”: “²/3” – is not a number",
        "row 3, column “b”: “2” – is not 1, being a comparison with itself",
        "row 3, column “c”: “1/0” – is not a number",
        "row 4, column “a”: “1” – is not 1/2, what a says of c",
        "row 4, column “b”: “-1” – is not above 0",
    )
    file.write_text("judge,a,b\nA,60,x\nB,-1,101\nC,50,49\n")
    refused(
        call("budget", str(file)),
        "row 2, column “b”: “x” – is not a number",
        "row 3, column “a”: “-1” – is below 0",
        "row 4, column “judge”: “C” – gave 99 points instead of 100",
    )


def test_a_column_that_comes_twice_is_refused_and_one_not_read_is_told(tmp_path: Path) -> None:
    tree, units = tmp_path / "tree.csv", tmp_path / "units.csv"
    tree.write_text("code,parent,wieght\na,I,5\nb,I,1\nI,,\n")
    units.write_text("unit,a,b,a\nX,1,1,3\nY,2,2,4\n")
    result = call("build", str(units), str(tree))
    assert result.exit_code == 2
    assert "these columns come twice: a" in " ".join(result.output.split())
    units.write_text("unit,a,b\nX,1,2\nY,2,1\n")
    result = call("build", str(units), str(tree))
    assert result.exit_code == 0
    assert "tree.csv: columns not read: wieght" in result.output


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    for header, words in {
        "code,parent\n": ("build", UNITS, str(empty)),
        Path(UNITS).read_text().splitlines()[0]: ("build", str(empty), TREE),
        Path(YEARS).read_text().splitlines()[0]: ("years", str(empty), TREE),
        "code,cost,limit\n": ("target", UNITS, TREE, str(empty), "--unit", "Umut", "--rank", "3"),
        "criterion,a\n": ("ahp", str(empty)),
        "judge,a\n": ("budget", str(empty)),
        "": ("budget", str(empty)),
    }.items():
        empty.write_text(header)
        assert call(*words).exit_code == 2


COMMANDS = {
    "build": (UNITS, TREE), "check": (UNITS, TREE), "ranks": (UNITS, TREE, "--model", MODEL),
    "sensitivity": (UNITS, TREE, "--model", MODEL), "without": (UNITS, TREE),
    "profile": (UNITS, TREE, "--unit", "Maral"), "what-if": (UNITS, TREE, "--set", "Umut,incoming,200"),
    "compare": (UNITS, TREE, "--with", MODEL), "years": (YEARS, TREE, "--model", MODEL),
    "target": (UNITS, TREE, LEVERS, "--unit", "Umut", "--rank", "8", "--model", MODEL),
    "weights": (UNITS, TREE, "--way", "equal"), "doubt": (UNITS, TREE), "budget": (POINTS,), "ahp": (CRITERIA,),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_computed(
    name: str, tmp_path: Path
) -> None:
    for out in (tmp_path / "none" / "x.csv", tmp_path / "x.txt"):
        result = call(name, *COMMANDS[name], "--out", str(out))
        assert result.exit_code == 2
        assert not result.stdout.strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_writes_the_same_tables_as_workbook_csv_and_json(name: str, tmp_path: Path) -> None:
    found = written(tmp_path / "x.json", name, *COMMANDS[name])
    assert "NaN" not in (tmp_path / "x.json").read_text()
    assert next(iter(found.values()))
    for ending in ("csv", "xlsx"):
        path = tmp_path / f"x.{ending}"
        assert call(name, *COMMANDS[name], "--out", str(path)).exit_code == 0
        assert path.stat().st_size > 0


HOSTILE = {
    "a single unit": "unit,a,b,size\nX,1,2,3\n",
    "ties everywhere": "unit,a,b,size\nX,1,2,3\nY,1,2,3\nZ,1,2,3\n",
    "one constant column": "unit,a,b,size\nX,1,2,3\nY,1,3,3\nZ,1,4,3\n",
    "nothing known": "unit,a,b,size\nX,,,\nY,,,\nZ,,,\n",
    "never complete": "unit,a,b,size\nX,1,,3\nY,2,,1\nZ,,4,1\nV,,3,2\n",
    "no sizes": "unit,a,b,size\nX,1,2,\nY,2,3,\nZ,3,4,\n",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"budget", "ahp", "years"}))
def test_poor_data_are_refused_with_a_code_or_answered(command: str, name: str, tmp_path: Path) -> None:
    tree, units, model, levers = (tmp_path / name for name in ("tree.csv", "units.csv", "m.toml", "l.csv"))
    tree.write_text(SMALL)
    units.write_text(HOSTILE[name])
    model.write_text(
        '[noise]\nsets = 4\n[aggregation]\nmin_present = 0.4\n[[choice]]\nname = "m"\nsetting = "imputation"\n'
        '[choice.options]\nmean = { method = "mean" }\nnone = { method = "none" }\n'
    )
    levers.write_text("code,cost,limit\na,1,9\n")
    extra = {
        "target": (str(levers), "--unit", "X", "--rank", "1"), "profile": ("--unit", "X"),
        "what-if": ("--set", "X,a,2"), "compare": ("--with", str(model)), "weights": ("--way", "influence"),
    }.get(command, ())  # fmt: skip
    for choices in ((), ("--model", str(model))):
        result = call(command, str(units), str(tree), *extra, *choices)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        if result.exit_code == 1:
            assert "(indices." in result.output
        else:
            assert result.exit_code in (0, 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[noise]\nsets = inf", "is not a whole number"),
        ("[noise]\nsets = nan", "is not a whole number"),
        (f"[normalisation]\nscale = [0, {10**400}]", "is not a list of two numbers"),
        ("[normalisation]\nby_code = 3", "[normalisation.by_code] must be a table"),
        ("[normalisation.by_code]\ndays = 3", "[normalisation.by_code.days] must be a table"),
        ('[normalisation.by_code.days]\nmethod = "guess"', "There is no normalisation guess"),
        ("[treatment.by_code.days]\nmax_points = 1.5", "[treatment.by_code.days] max_points"),
        ('[normalisation.by_code.nobody]\nmethod = "minmax"', "There are no indicators nobody"),
        ('[imputation]\nmethod = "em"\ntolerance = 0\nsteps = 100000000', "EM takes 1 to"),
        ("x = " + "[" * 5000, "model.toml"),
    ],
)
def test_hostile_choices_are_refused_in_words(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "model.toml"
    path.write_text(text)
    result = call("build", UNITS, TREE, "--model", str(path))
    assert result.exit_code in (1, 2), result.exception
    assert told in " ".join(result.output.split())
