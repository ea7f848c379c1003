"""`sapar audit`: prove the trail."""

from __future__ import annotations

import typer

from sapar.cli.django import start_prepared
from sapar.cli.tables import err, out, show

app = typer.Typer(help="Prove the append-only trail of who did what.", no_args_is_help=True)


@app.command()
def verify(office: str = typer.Option("", help="Slug of one office; all offices when empty.")) -> None:
    """Recompute every hash; ends with 1 when an entry was changed, removed or put in between."""
    start_prepared()
    from sapar.accounts.models import Office  # after Django has started
    from sapar.audit.models import Entry
    from sapar.audit.queries import breaks_in

    offices = Office.objects.filter(slug=office) if office else Office.objects.order_by("slug")
    if office and not offices.exists():
        err.print(f"There is no office “{office}”.", style="red")
        raise typer.Exit(2)
    broken = False
    for one in offices:
        found = list(breaks_in(one))
        broken = broken or bool(found)
        count = Entry.objects.filter(office=one).count()
        out.print(f"{one.slug}: {count} entries, " + ("whole" if not found else f"{len(found)} breaks"))
        for place in found[:50]:
            err.print(f"  entry {place.position} {place.reason}", markup=False)
    raise typer.Exit(1 if broken else 0)


@app.command()
def head() -> None:
    """The end of each office's chain. Kept elsewhere, it proves later that nothing before it was removed."""
    start_prepared()
    from sapar.audit.models import Chain  # after Django has started

    chains = Chain.objects.select_related("office").order_by("office__slug")
    show(
        "Ends of the trails",
        ["office", "entries", "hash"],
        [[c.office.slug, c.length, c.last_hash] for c in chains],
    )
