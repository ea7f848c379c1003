"""Health for a load balancer, metrics in the OpenMetrics form for a monitor on the same machine."""

from __future__ import annotations

import hmac
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from sapar import __version__
from sapar.accounts.models import Office
from sapar.mobility.models import Exchange
from sapar.partners.models import Agreement

# Below it SQLite, uploads and backups begin to fail.
LEAST_ROOM = 64 * 1024**2
LOOPBACK = ("127.0.0.1", "::1")


@require_GET
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "alive", "version": __version__})


@require_GET
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers and has all migrations, and there is room to write."""
    try:
        executor = MigrationExecutor(connection)
        behind = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Error:
        return JsonResponse({"status": "no database"}, status=503)
    if behind:
        return JsonResponse({"status": "migrations missing", "count": behind}, status=503)
    if (room := _room()) < LEAST_ROOM:
        return JsonResponse({"status": "no room", "free_bytes": room}, status=503)
    return JsonResponse({"status": "ready", "version": __version__})


@require_GET
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts without any personal data; only for the machine itself, or with the token of the settings."""
    if not _may_measure(request):
        return HttpResponse(status=404)
    try:
        registry = _measured()
    except Error:
        return HttpResponse("no database\n", status=503, content_type="text/plain")
    text = generate_latest(registry)  # type: ignore[no-untyped-call]  # the library has no types here
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _measured() -> CollectorRegistry:
    registry = CollectorRegistry()
    started = time.perf_counter()
    for name, words, count in MEASURES:
        Gauge(f"sapar_{name}", words, registry=registry).set(count())
    tasks = Gauge("sapar_tasks", "Background tasks by status", ["status"], registry=registry)
    for status, amount in _tasks().items():
        tasks.labels(status=status).set(amount)
    Gauge("sapar_metrics_seconds", "Time it took to measure", registry=registry).set(
        time.perf_counter() - started
    )
    return registry


def _waiting_seconds() -> float:
    """How long the task that waits longest could have been done already: grows where no worker works."""
    now, at_once = timezone.now(), get_date_max()
    rows = DBTaskResult.objects.ready().values_list("enqueued_at", "run_after")
    since = (given if due == at_once else max(given, due) for given, due in rows)
    return max(0.0, (now - min(since, default=now)).total_seconds())


def _room() -> int:
    """What is left where it is scarcest: for data, or for what is in passing (uploads, backups)."""
    folders = (Path(settings.DATA_DIR), Path(gettempdir()))
    return min(shutil.disk_usage(_existing(folder)).free for folder in folders)


def _existing(folder: Path) -> Path:
    """The folder, or where it will be made with the first file."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def _free_bytes() -> int:
    """Where database (SQLite), files and static files lie."""
    return shutil.disk_usage(_existing(Path(settings.DATA_DIR))).free


MEASURES: tuple[tuple[str, str, Callable[[], float]], ...] = (
    ("offices", "Offices", lambda: Office.objects.count()),
    ("agreements", "Agreements", lambda: Agreement.objects.count()),
    ("exchanges", "Stays of people", lambda: Exchange.objects.count()),
    ("task_waiting_seconds", "How long the oldest task that is due waits for a worker", _waiting_seconds),
    ("free_bytes", "Room left on the disk of the data folder", _free_bytes),
)


def _tasks() -> dict[str, int]:
    """Every status, also those that nothing has."""
    rows = DBTaskResult.objects.values_list("status").annotate(amount=Count("pk"))
    found = {str(status).lower(): amount for status, amount in rows}
    return {str(status).lower(): found.get(str(status).lower(), 0) for status in TaskResultStatus.values}


def _may_measure(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}")
    return request.META.get("REMOTE_ADDR") in LOOPBACK and "HTTP_X_FORWARDED_FOR" not in request.META
