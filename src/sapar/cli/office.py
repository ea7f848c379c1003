"""`sapar office`: open an office on a server."""

from __future__ import annotations

import typer

from sapar.cli.django import start_prepared
from sapar.cli.tables import err, out, show

app = typer.Typer(help="Open and list offices.", no_args_is_help=True)


@app.command("open")
def open_(
    slug: str = typer.Option(..., help="Short name for addresses, like osh."),
    name: str = typer.Option(..., help="Name of the institution."),
    country: str = typer.Option(..., help="Two-letter country code."),
    languages: str = typer.Option(
        "en", help="Languages of papers, state language first, separated by commas."
    ),
    email: str = typer.Option(..., help="E-mail of the first administrator."),
    person: str = typer.Option(..., help="Name of the first administrator."),
    password: str = typer.Option(
        ..., prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when it is not given."
    ),
) -> None:
    """Open an office with its institution and its first administrator."""
    start_prepared()
    from django.contrib.auth.password_validation import validate_password  # after Django has started
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email, validate_slug
    from django.db import transaction
    from django.utils import timezone

    from sapar.accounts.models import Office, User
    from sapar.accounts.services import open_office
    from sapar.directory.services.homes import settle

    try:
        validate_slug(slug)
        validate_email(email)
        validate_password(password)
    except ValidationError as refused:
        for sentence in refused.messages:
            err.print(sentence, style="red", markup=False)
        raise typer.Exit(2) from None
    if Office.objects.filter(slug=slug).exists():
        err.print(f"There is an office “{slug}” already.", style="red")
        raise typer.Exit(1)
    now = timezone.now()
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(
            email, password, name=person
        )
        office = open_office(
            slug=slug,
            name=name,
            country_code=country.upper(),
            languages=[code.strip() for code in languages.split(",") if code.strip()],
            administrator=user,
            at=now,
        )
        settle(office, at=now)
    out.print(f"Office {slug} is open; {email} administers it.")


@app.command("list")
def list_() -> None:
    """All offices with the number of their colleagues."""
    start_prepared()
    from django.db.models import Count  # after Django has started

    from sapar.accounts.models import Office, RoleGrant

    people = dict(RoleGrant.objects.values_list("office_id").annotate(people=Count("user", distinct=True)))
    rows = [[o.slug, o.name, o.country_code, people.get(o.pk, 0)] for o in Office.objects.order_by("slug")]
    show("Offices", ["slug", "name", "country", "people"], rows)
