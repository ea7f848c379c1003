"""`sapar keys`: the keys of encrypted columns."""

from __future__ import annotations

import typer

from sapar.cli.django import start_django
from sapar.cli.tables import err, out, progress_bar

app = typer.Typer(help="Make and rotate the keys of encrypted columns.", no_args_is_help=True)


@app.command()
def new() -> None:
    """Print a fresh key. Put it first in SAPAR_FIELD_KEYS, keep the old ones behind it, then rotate."""
    from cryptography.fernet import Fernet  # needs the server's packages

    out.print(Fernet.generate_key().decode(), highlight=False)


@app.command()
def rotate() -> None:
    """Write every encrypted value anew with the first key; afterwards the old keys may go."""
    start_django()
    from sapar.config.encryption import (
        encrypted_fields,
        rotate_field,
        rotate_second_steps,
        unreadable_fields,
    )  # after Django has started

    if unreadable := unreadable_fields():
        err.print(
            f"None of the keys in SAPAR_FIELD_KEYS opens {', '.join(unreadable)}. Nothing was changed: put the keys "
            "that wrote it behind the new one.",
            style="red", markup=False, soft_wrap=True,
        )  # fmt: skip
        raise typer.Exit(1)
    with progress_bar("rotating") as bar:
        for model, field in encrypted_fields():
            count = rotate_field(model, field)
            bar.print(f"{model._meta.label}.{field.name}: {count}")
        bar.print(f"second steps of the sign-in: {rotate_second_steps()}")
