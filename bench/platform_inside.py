"""What must run inside Django, one task a process: `python -m bench.platform_inside TASK …`.

The last printed line is the answer as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, date, datetime
from multiprocessing import get_context

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
YEAR = 2025
SLUG = "university-1"


def start() -> None:
    from sapar.cli.django import start_django

    start_django()


def build(share: str) -> float:
    """Fill an empty database; seconds without the set-up of the tables."""
    from sapar.cli.prepare import prepare
    from sapar.demo.national import Country, build_country

    prepare()
    began = time.perf_counter()
    build_country(Country().part(float(share)), today=TODAY)
    return time.perf_counter() - began


def pages() -> dict[str, str]:
    """The measured pages: what they are called, and their addresses in the first office."""
    from sapar.mobility.models import Exchange
    from sapar.partners.models import Agreement, Partnership

    def middle(model: type[Exchange] | type[Agreement] | type[Partnership]) -> int:
        keys = list(model._base_manager.filter(office__slug=SLUG).order_by("pk").values_list("pk", flat=True))
        return int(keys[len(keys) // 2])

    o = f"/o/{SLUG}"
    return {
        "list of stays": f"{o}/stays/",
        "stays, last page by name": f"{o}/stays/?order=person&page=99999",
        "stays, by number": f"{o}/stays/?order=number&page=2",
        "stays, by partner": f"{o}/stays/?order=partner",
        "stays, three filters": f"{o}/stays/?direction=out&state=recognised&year=2024&order=person",
        "stays, one country": f"{o}/stays/?country=TR&order=person",
        "search of stays, Cyrillic": f"{o}/stays/?q=Токтогулова",
        "search of stays, Latin": f"{o}/stays/?q=asanov",
        "search of stays, two words": f"{o}/stays/?q=university+north",
        "search of stays, nothing found": f"{o}/stays/?q=qwertyuiop",
        "list of agreements": f"{o}/agreements/",
        "agreements, search": f"{o}/agreements/?q=river",
        "list of partners": f"{o}/partners/",
        "partners, by agreements in force": f"{o}/partners/?order=-in_force",
        "a stay": f"{o}/stays/{middle(Exchange)}/",
        "an agreement": f"{o}/agreements/{middle(Agreement)}/",
        "a partner": f"{o}/partners/{middle(Partnership)}/",
        "search everywhere, Cyrillic": f"{o}/search/?q=Токтогулова",
        "desk": f"{o}/",
    }


def queries() -> dict[str, int]:
    """Database queries of each page, counted in this process."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from sapar.accounts.models import User
    from sapar.cli.prepare import prepare

    prepare()
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(
        User.objects.get(email="officer1@demo.example"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    counted = {}
    for name, path in pages().items():
        client.get(path)
        with CaptureQueriesContext(connection) as caught:
            if client.get(path).status_code != 200:
                raise RuntimeError(f"{path} does not answer")
        counted[name] = len(caught)
    return counted


def report_of(slug: str) -> float:
    from sapar.accounts.actors import System
    from sapar.accounts.models import Office
    from sapar.reporting.services import make_report

    office = Office.objects.get(slug=slug)
    began = time.perf_counter()
    make_report(office, YEAR, by=System("bench"), at=NOW)
    return time.perf_counter() - began


def report() -> list[float]:
    """Seconds of five reports of the first university, after a first one."""
    report_of(SLUG)
    return [report_of(SLUG) for _run in range(5)]


def reports(processes: str) -> float:
    """Seconds until all universities have theirs; each finished one is told on the error stream."""
    from django.db import connection

    from sapar.accounts.models import Office

    slugs = list(Office.objects.order_by("pk").values_list("slug", flat=True))
    connection.close()
    began = time.perf_counter()
    with ProcessPoolExecutor(int(processes), get_context("spawn"), initializer=start) as pool:
        waiting = [pool.submit(report_of, slug) for slug in slugs]
        for done, one in enumerate(as_completed(waiting), start=1):
            one.result()
            if done % 20 == 0:
                print(f"  {done} of {len(slugs)} reports", file=sys.stderr, flush=True)
    return time.perf_counter() - began


def allocate(applicants: str) -> dict[str, float]:
    """From the click to the stored, explained result; then the comparison of mechanisms after it."""
    from tests.cast import NOW as THEN
    from tests.cast import build_cast
    from tests.mobility.big import big_call

    from sapar.cli.prepare import prepare
    from sapar.mobility.models import Award
    from sapar.mobility.services.placing import run_placing

    prepare()
    cast = build_cast()
    call = big_call(cast, applicants=int(applicants), hosts=40, seats=max(1, int(applicants) // 200))
    began = time.perf_counter()
    run = run_placing(call, seed=7, compare=False, by=cast.officer, at=THEN)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "awards": Award.objects.filter(run=run).count()}


TASKS = {
    "build": build,
    "pages": pages,
    "queries": queries,
    "report": report,
    "reports": reports,
    "allocate": allocate,
}

if __name__ == "__main__":
    start()
    task, *words = sys.argv[1:]
    print(json.dumps(TASKS[task](*words), ensure_ascii=False))  # type: ignore[operator]
