"""`sapar agreements`: bring a list of signed agreements and their scans on a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sapar.cli.django import start_prepared
from sapar.cli.tables import err, out, show

if TYPE_CHECKING:
    from sapar.accounts.models import Office, User
    from sapar.partners.models import AgreementImport

app = typer.Typer(
    help="Bring a list of signed agreements, look at what becomes of it, take it, undo it.",
    no_args_is_help=True,
)
OFFICE = typer.Option(..., help="Short name of the office.")
AS = typer.Option(..., "--as", help="E-mail of the colleague who brings it.")


def _who(office: str, email: str) -> tuple[Office, User]:
    from sapar.accounts.models import Office, User

    place = Office.objects.filter(slug=office).first()
    user = User.objects.filter(email__iexact=email).first()
    if place is None or user is None:
        err.print(
            f"There is no office “{office}”." if place is None else f"There is nobody “{email}”.", style="red"
        )
        raise typer.Exit(2)
    return place, user


@app.command()
def bring(
    file: Path = typer.Argument(
        help="CSV, XLSX, XLS or ODS, one agreement in a row or in several.", exists=True
    ),
    office: str = OFFICE,
    email: str = AS,
    column: list[str] = typer.Option([], help="field=Column where a column is not found by its name."),
    partner: list[str] = typer.Option(
        [], help="Name=ID: the organisation that a name of the list stands for."
    ),
    usual_kind: str = typer.Option("", help="Kind of agreements that do not say it."),
    endless: bool = typer.Option(False, help="An empty end means: without an end date."),
    joined: bool = typer.Option(False, help="An empty partner means: the one above."),
    take: bool = typer.Option(False, help="Put on record what can be taken; else only look."),
) -> None:
    """Bring a list and say what becomes of each row; exit code 1 when a row cannot be taken."""
    start_prepared()
    from django.utils import timezone

    from sapar.core.errors import DomainError
    from sapar.partners.services.signed.bringing import (
        Usual,
        bring_agreements,
        choose_agreement_columns,
        choose_meanings,
        read_in_background,
    )
    from sapar.partners.services.signed.taking import take_agreements, take_in_background
    from sapar.partners.states import AgreementListState

    place, user = _who(office, email)
    usual = Usual(usual_kind=usual_kind, empty_is_endless=endless, empty_is_above=joined)
    try:
        batch = bring_agreements(file.read_bytes(), file.name, office=place, by=user, at=timezone.now())
        mapping = {**batch.mapping, **_pairs(column)}
        batch = choose_agreement_columns(batch, mapping, usual, by=user, at=timezone.now())
        if batch.state == AgreementListState.READING:
            batch = read_in_background(batch, at=timezone.now())
        if partner:
            chosen: dict[str, int | None] = {name: int(pk) for name, pk in _pairs(partner).items()}
            batch = choose_meanings(batch, chosen, by=user, at=timezone.now())
        _tell(batch)
        if take:
            batch = take_agreements(batch, by=user, at=timezone.now())
            if batch.state == AgreementListState.TAKING:
                batch = take_in_background(batch, at=timezone.now())
            out.print(
                f"{len(batch.ready)} agreements are on record; undo it with: sapar agreements undo {batch.pk}"
            )
    except (DomainError, ValueError) as refused:
        err.print(str(refused), style="red", markup=False)
        raise typer.Exit(1) from None
    if batch.refused:
        raise typer.Exit(1)


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = (one.partition("=") for one in given)
    return {left.strip(): right.strip() for left, _equals, right in pairs}


def _tell(batch: AgreementImport) -> None:
    from sapar.partners.signed.wording import WORDS

    ready = [
        (", ".join(map(str, one["rows"])), one["name"], one["kind"], one["number"], one["signed_on"], one["ends_on"],
         one["state"], one["places"])
        for one in batch.ready
    ]  # fmt: skip
    show(
        f"List {batch.pk}: can be taken",
        ["rows", "partner", "kind", "number", "signed", "ends", "state", "places"],
        ready,
    )
    if batch.refused:
        show("Cannot be taken", ["row", "why"], [(one["row"], WORDS.problem(one)) for one in batch.refused])


@app.command()
def undo(
    pk: int = typer.Argument(metavar="LIST", help="Number of the list."),
    office: str = OFFICE,
    email: str = AS,
) -> None:
    """Take the agreements of a list back, unless somebody worked on one of them."""
    start_prepared()
    from django.utils import timezone

    from sapar.core.errors import DomainError
    from sapar.partners.queries.signed import agreement_lists_of
    from sapar.partners.services.signed.taking import undo_agreements

    place, user = _who(office, email)
    batch = agreement_lists_of(place).filter(pk=pk).first()
    if batch is None:
        err.print(f"There is no list {pk}.", style="red")
        raise typer.Exit(2)
    try:
        undo_agreements(batch, by=user, at=timezone.now())
    except DomainError as refused:
        err.print(str(refused), style="red", markup=False)
        raise typer.Exit(1) from None
    out.print("The agreements of the list are removed.")


@app.command()
def scans(
    file: Path = typer.Argument(
        help="ZIP archive of PDFs named by the number of their agreement.", exists=True
    ),
    office: str = OFFICE,
    email: str = AS,
) -> None:
    """Attach the scans of an archive; exit code 1 when one of them finds no agreement."""
    start_prepared()
    from django.utils import timezone

    from sapar.core.errors import DomainError
    from sapar.partners.services.signed.scans import attach_scans

    place, user = _who(office, email)
    try:
        done = attach_scans(file.read_bytes(), file.name, office=place, by=user, at=timezone.now())
    except DomainError as refused:
        err.print(str(refused), style="red", markup=False)
        raise typer.Exit(1) from None
    show(
        "Scans",
        ["file", "agreement", "problem"],
        [(one.name, one.number, one.said or one.problem) for one in done],
    )
    if any(one.problem not in ("", "there_already") for one in done):
        raise typer.Exit(1)
