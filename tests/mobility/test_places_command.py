"""`sapar places verify` on stored runs."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from sapar.cli.places import app
from sapar.mobility.services.applications import accept_papers
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.placing import adopt_run, run_placing
from tests.cast import NOW, Cast
from tests.story import apply, open_call_with, partner_in_force, student


@pytest.mark.parametrize("changed", [False, True])
def test_a_stored_run_is_proved_or_refuted(cast: Cast, changed: bool) -> None:
    call = open_call_with(cast, partner_in_force(cast, places=1))
    made = [apply(call, student(cast, name, gpa))[0] for name, gpa in (("Best", "3.9"), ("Next", "3.1"))]
    for one in made:
        accept_papers(one, by=cast.officer, at=NOW)
    run = run_placing(close_call(call, by=cast.officer, at=NOW), seed=7, by=cast.officer, at=NOW)
    assert CliRunner().invoke(app, ["verify", str(call.pk)]).exit_code == 2
    assert CliRunner().invoke(app, ["verify", str(call.pk), "--all"]).exit_code == 0
    run = adopt_run(run, by=cast.officer, at=NOW)
    if changed:
        run.result["placements"][0]["applicant"] = str(made[1].pk)
        run.save()
    answer = CliRunner().invoke(app, ["verify", str(call.pk)])
    assert answer.exit_code == int(changed)
    assert ("Every result follows" in answer.output) != changed


def test_an_unknown_call_is_refused(db: None) -> None:
    assert CliRunner().invoke(app, ["verify", "999"]).exit_code == 2
