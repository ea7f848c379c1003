"""`sapar demo`: a running Sapar with invented universities and people."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sapar.cli.django import start_django
from sapar.cli.prepare import prepare
from sapar.cli.serve import server_command, worker_command
from sapar.cli.tables import err, out, progress_bar
from sapar.config.watch import become_watcher
from sapar.demo.stages import PASSWORD, Size, Stage
from sapar.methods.progress import Progress

if TYPE_CHECKING:
    from sapar.demo.office import DemoOffice

app = typer.Typer(help="A running Sapar with invented universities and people.")

ROLES = (
    ("aigul@demo.example", "international officer"),
    ("dean@demo.example", "coordinator of the medical faculty"),
    ("vice@demo.example", "vice-rector"),
    ("rector@demo.example", "rector"),
    ("lawyer@demo.example", "legal department"),
    ("reviewer@demo.example", "reviewer of applications"),
    ("reader@demo.example", "reader"),
    ("admin@demo.example", "administrator"),
)


@app.callback(invoke_without_command=True)
def demo(
    stage: Stage = typer.Option(Stage.REPORTED, help="How far the story has come."),
    size: Size = typer.Option(Size.OFFICE, help="One office, a university of ten years, or a country."),
    port: int = typer.Option(0, help="Port; the first free one from 8000 on when 0."),
    check: bool = typer.Option(False, "--check", help="Start, fetch pages, stop."),
    fresh: bool = typer.Option(False, "--fresh", help="Throw the demo's data away and begin anew."),
    build_only: bool = typer.Option(False, "--build-only", help="Make the data and stop."),
) -> None:
    """Make the demo's data when they are not there yet, start the server, say where it is."""
    started = time.perf_counter()
    folder = Path(os.environ.setdefault("SAPAR_DATA_DIR", str(Path.cwd() / "var" / f"demo-{size}-{stage}")))
    if fresh:
        _forget(folder)
    os.environ["SAPAR_BASE_URL"] = f"http://127.0.0.1:{(port := port or free_port(8000))}"
    start_django()
    prepare()
    links = build(stage, size, folder)
    if build_only:
        return
    web = server_command("127.0.0.1", port, processes=2, threads=2)
    if check:
        raise typer.Exit(check_pages(web, port))
    _welcome(port, size, links, time.perf_counter() - started)
    become_watcher([web, worker_command()])


def _forget(folder: Path) -> None:
    """Remove the demo's database and nothing that a person may have put beside it."""
    for name in ("sapar.sqlite3", "sapar.sqlite3-wal", "sapar.sqlite3-shm", "demo-links.txt"):
        (folder / name).unlink(missing_ok=True)


def build(stage: Stage, size: Size, folder: Path) -> dict[str, str]:
    """Make the data once; answers the signed links that the story left open."""
    from sapar.accounts.models import Office  # after Django has started

    kept = folder / "demo-links.txt"
    if Office.objects.exists():
        lines = kept.read_text().splitlines() if kept.exists() else []
        return dict(line.split("\t", 1) for line in lines)
    with progress_bar("making invented data") as bar:
        if size is Size.NATIONAL:
            _build_country(lambda done, total: bar.update(bar.task_ids[0], completed=done, total=total))
            return {}
        made = _build_office(stage, size, lambda step: bar.update(bar.task_ids[0], description=step))
    kept.write_text("".join(f"{name}\t{key}\n" for name, key in made.links.items()))
    kept.chmod(0o600)
    return made.links


def _build_office(stage: Stage, size: Size, say: Callable[[str], None]) -> DemoOffice:
    from django.db import transaction  # after Django has started

    from sapar.demo.office import build_office
    from sapar.demo.university import build_history

    with transaction.atomic():
        made = build_office(stage, today=date.today(), students=36, say=say)
        if size is Size.UNIVERSITY and stage is Stage.REPORTED:
            build_history(made, say=say)
        return made


def _build_country(progress: Progress) -> None:
    from sapar.demo.national import Country, build_country  # after Django has started

    build_country(Country(), today=date.today(), progress=progress)


def free_port(first: int) -> int:
    for port in range(first, first + 200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    err.print("No free port between 8000 and 8200.", style="red")
    sys.exit(2)


def _welcome(port: int, size: Size, links: dict[str, str], seconds: float) -> None:
    address = f"http://127.0.0.1:{port}"
    out.print(
        f"\nSapar is running at {address}  (ready in {seconds:.0f} s; stop with Ctrl-C)\n", highlight=False
    )
    out.print(f"Sign in with the password  {PASSWORD}  as", highlight=False)
    national = (("officer1@demo.example", "international officer of the first university"),)
    for email, role in national if size is Size.NATIONAL else ROLES:
        out.print(f"  {email:24} {role}", highlight=False)
    out.print("Their pages are in their own languages; choose yours on the sign-in page.", highlight=False)
    if links:
        out.print("\nWithout an account, through a signed link:", highlight=False)
        for name, key in links.items():
            out.print(f"  {name}: {address}/l/{key}/", highlight=False, soft_wrap=True)
    out.print("")


def check_pages(web: list[str], port: int) -> int:
    """Start the server, fetch the sign-in page and the health page, stop; 0 when both answer."""
    process = subprocess.Popen(web, env=os.environ)
    try:
        for path in ("/accounts/login/",):
            if not _answers(f"http://127.0.0.1:{port}{path}"):
                err.print(f"{path} does not answer", style="red")
                return 1
    finally:
        process.terminate()
        process.wait(timeout=15)
    out.print("The demo starts and answers.")
    return 0


def _answers(url: str, *, seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 — our own loopback address
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.2)
    return False
