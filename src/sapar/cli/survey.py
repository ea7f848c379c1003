"""`sapar survey`: estimates, tables, tests, regressions, weights and quality of a survey file."""

from __future__ import annotations

import typer

from sapar.cli.survey_agree import agree, agree_text
from sapar.cli.survey_describe import describe
from sapar.cli.survey_estimate import estimate
from sapar.cli.survey_models import regress, significance
from sapar.cli.survey_protect import anonymity, protect, releases
from sapar.cli.survey_quality import quality, rates
from sapar.cli.survey_table import multiple, table
from sapar.cli.survey_weights import calibrate_file, post_stratify_file, trim_file, weight

app = typer.Typer(no_args_is_help=True, help="Estimates from a survey with weights, strata and clusters.")
app.command()(describe)
app.command()(estimate)
app.command()(table)
app.command()(multiple)
app.command("test")(significance)
app.command()(regress)
app.command()(weight)
app.command("post-stratify")(post_stratify_file)
app.command("calibrate")(calibrate_file)
app.command("trim")(trim_file)
app.command()(quality)
app.command()(rates)
app.command()(agree)
app.command("agree-text")(agree_text)
app.command()(protect)
app.command()(releases)
app.command()(anonymity)
