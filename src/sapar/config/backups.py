"""Backups that do not depend on the kind of database: rows as JSON lines, files as they are, digests of both.

The archive can be restored into SQLite or PostgreSQL, which is also how an office moves from one to the other.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from sapar import __version__
from sapar.files.folder import store_failures
from sapar.files.models import StoredFile

BATCH = 1000
# The queue is kept: it holds what is planned for a deadline, and letters not yet sent.
LEFT_OUT = {"sessions.session"}


class BackupError(RuntimeError):
    """An archive that cannot be taken, or a database that is not empty."""


@dataclass(frozen=True)
class Counted:
    tables: int
    rows: int
    files: int


def kept_models() -> list[type[models.Model]]:
    """All tables worth keeping, each after those it points to where that is possible."""
    return in_order(model for model in apps.get_models(include_auto_created=True) if _is_kept(model))


def in_order(unordered: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    """Each after those it points to, where that is possible."""
    found = list(unordered)
    ordered: list[type[models.Model]] = []
    while found:
        ready = [model for model in found if not (_targets(model) & set(found)) - {model}]
        ready = ready or found[:1]
        ordered += ready
        found = [model for model in found if model not in ready]
    return ordered


def _is_kept(model: type[models.Model]) -> bool:
    meta = model._meta
    return meta.managed and not meta.proxy and meta.label_lower not in LEFT_OUT


def _targets(model: type[models.Model]) -> set[type[models.Model]]:
    return {
        field.related_model
        for field in model._meta.concrete_fields
        if field.is_relation and isinstance(field.related_model, type)
    }


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return list(model._meta.concrete_fields)


def make_backup(target: Path) -> Counted:
    """Write the archive, read it back, and only then give it its name. All rows are read in one transaction.

    Raises:
        BackupError: it could not be written or read back; nothing of it is left.
    """
    partial = target.with_name(target.name + ".part")
    try:
        made = _write(partial)
        partial.chmod(0o600)
        if problems := verify_backup(partial):
            raise BackupError("; ".join(problems[:5]))
        partial.replace(target)
    except store_failures() as error:
        raise BackupError(f"The backup could not be made: {error}") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return made


def _write(partial: Path) -> Counted:
    rows = files = 0
    manifest: dict[str, Any] = {"format": 1, "sapar": __version__, "tables": {}, "files": {}}
    with partial.open("wb") as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            manifest["migrations"] = sorted(
                [app, name] for app, name in MigrationRecorder(connection).applied_migrations()
            )
            for model in kept_models():
                with tempfile.TemporaryFile() as lines:
                    count, digest = _dump(model, lines)
                    _add(archive, f"tables/{model._meta.label_lower}.jsonl", lines)
                manifest["tables"][model._meta.label_lower] = {"rows": count, "sha256": digest}
                rows += count
            stored = dict(StoredFile.objects.values_list("content", "sha256"))
        for name, digest in sorted(stored.items()):
            with default_storage.open(name) as content:
                _add(archive, f"files/{name}", content.file)
            manifest["files"][name] = digest
            files += 1
        _add(archive, "manifest.json", io.BytesIO(json.dumps(manifest, indent=1).encode()))
    return Counted(len(manifest["tables"]), rows, files)


def _dump(model: type[models.Model], lines: BinaryIO) -> tuple[int, str]:
    """Rows as the database holds them: encrypted values stay encrypted."""
    names = [str(field.column) for field in _columns(model)]
    quoted = ", ".join(connection.ops.quote_name(name) for name in names)
    table, pk = connection.ops.quote_name(model._meta.db_table), model._meta.pk
    order = connection.ops.quote_name(str(pk.column))
    digest, count = hashlib.sha256(), 0
    json_columns = {
        at for at, field in enumerate(_columns(model)) if field.get_internal_type() == "JSONField"
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {quoted} FROM {table} ORDER BY {order}")  # noqa: S608 — names of our own tables
        while batch := cursor.fetchmany(BATCH):
            for row in batch:
                plain = [_plain(value, at in json_columns) for at, value in enumerate(row)]
                line = (
                    json.dumps(dict(zip(names, plain, strict=True)), cls=DjangoJSONEncoder).encode() + b"\n"
                )
                digest.update(line)
                lines.write(line)
                count += 1
    return count, digest.hexdigest()


def _plain(value: Any, is_json: bool) -> Any:
    """JSON columns come back as text from one database and as objects from the other."""
    if is_json and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, datetime):
        return value.isoformat()  # the encoder would cut it to milliseconds, and the trail no longer fit
    if isinstance(value, memoryview | bytes):
        return bytes(value).hex()
    return value


def _add(archive: tarfile.TarFile, name: str, content: Any) -> None:
    content.seek(0, io.SEEK_END)
    info = tarfile.TarInfo(name)
    info.size, info.mode = content.tell(), 0o600
    content.seek(0)
    archive.addfile(info, content)


def verify_backup(path: Path) -> list[str]:
    """What is wrong with the archive; nothing when every row and file is there and unchanged."""
    problems: list[str] = []
    seen: dict[str, tuple[int, str]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is None:
                    problems.append(f"{member.name} is not a file")
                elif member.name == "manifest.json":
                    manifest = json.load(content)
                else:
                    digest, count = hashlib.sha256(), 0
                    while chunk := content.read(1 << 20):
                        digest.update(chunk)
                        count += chunk.count(b"\n")
                    seen[member.name] = (count, digest.hexdigest())
    except FileNotFoundError:
        return [f"There is no archive {path}."]
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        return [f"The archive is damaged: {error}"]
    if manifest is None:
        return [*problems, "The archive has no manifest."]
    for label, facts in manifest["tables"].items():
        if seen.get(f"tables/{label}.jsonl") != (facts["rows"], facts["sha256"]):
            problems.append(f"The rows of {label} are missing or changed.")
    for name, sha256 in manifest["files"].items():
        if seen.get(f"files/{name}", (0, ""))[1] != sha256:
            problems.append(f"The file {name} is missing or changed.")
    return problems


def restore_backup(path: Path, *, overwrite: bool = False) -> Counted:
    """Bring rows and files back, all or nothing for the rows.

    A database without tables gets those that the archive was made with, takes the rows, and is then brought
    up to date: so an archive of an earlier release is upgraded on the way.

    Raises:
        BackupError: damaged, from a newer program, from other migrations, or the database is not empty.
    """
    if problems := verify_backup(path):
        raise BackupError("; ".join(problems[:5]))
    rows = files = 0
    with tarfile.open(path, "r:gz") as archive:
        manifest = json.loads(_content(archive, "manifest.json").read())
        is_new = not MigrationRecorder(connection).applied_migrations()
        if is_new:
            by_label = _tables_as_then(manifest)
        else:
            by_label = {model._meta.label_lower: model for model in kept_models()}
            _check_migrations(manifest)
            if not overwrite and any(
                model._default_manager.exists()
                for label, model in by_label.items()
                if label.startswith("accounts.")
            ):
                raise BackupError(
                    "The database already holds offices or users. Say --overwrite to replace them."
                )
        with transaction.atomic(), connection.constraint_checks_disabled():
            for model in reversed(list(by_label.values())):
                _empty(model)
            for label, model in by_label.items():
                if label in manifest["tables"]:
                    rows += _load(model, _content(archive, f"tables/{label}.jsonl"))
            connection.check_constraints()
        for name in manifest["files"]:
            if not default_storage.exists(name):
                default_storage.save(name, ContentFile(_content(archive, f"files/{name}").read()))
            files += 1
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(by_label.values())):
            cursor.execute(statement)
    if is_new:
        call_command("migrate", interactive=False, verbosity=0)
    return Counted(len(by_label), rows, files)


def _tables_as_then(manifest: dict[str, Any]) -> dict[str, type[models.Model]]:
    """Make the tables that the archive was made with; answers them by name."""
    executor = MigrationExecutor(connection)
    applied = {(app, name) for app, name in manifest["migrations"]}
    known = executor.loader.disk_migrations
    if unknown := applied - set(known):
        raise BackupError(f"The archive is from a newer Sapar ({manifest['sapar']}): {sorted(unknown)[:3]}")
    # A migration that stands for several is meant where all of those were applied.
    applied |= {key for key, one in known.items() if one.replaces and applied.issuperset(one.replaces)}
    graph = executor.loader.graph
    then = sorted(
        key
        for key in applied & set(graph.nodes)
        if not any(child.key in applied for child in graph.node_map[key].children)
    )
    executor.migrate(then)
    state = executor.loader.project_state(then)
    return {
        model._meta.label_lower: model
        for model in in_order(state.apps.get_models(include_auto_created=True))
        if model._meta.label_lower in manifest["tables"]
    }


def _content(archive: tarfile.TarFile, name: str) -> Any:
    content = archive.extractfile(name)
    if content is None:
        raise BackupError(f"{name} is missing.")
    return content


def _check_migrations(manifest: dict[str, Any]) -> None:
    ours = {(app, name) for app, name in MigrationRecorder(connection).applied_migrations()}
    theirs = {(app, name) for app, name in manifest["migrations"]}
    if ahead := theirs - ours:
        raise BackupError(f"The archive is from a newer Sapar ({manifest['sapar']}): {sorted(ahead)[:3]}")
    if behind := ours - theirs:
        raise BackupError(
            f"The archive is from Sapar {manifest['sapar']}. Restore it into a database without tables; "
            f"not in the archive: {sorted(behind)[:3]}"
        )


def _empty(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608


def _load(model: type[models.Model], lines: Iterator[bytes]) -> int:
    fields = _columns(model)
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    holes = ", ".join(["%s"] * len(fields))
    insert = f"INSERT INTO {table} ({names}) VALUES ({holes})"  # noqa: S608 — names of our own tables
    count, batch = 0, []
    with connection.cursor() as cursor:
        for line in lines:
            row = json.loads(line)
            batch.append([_stored(field, row.get(field.column)) for field in fields])
            if len(batch) == BATCH:
                cursor.executemany(insert, batch)
                count, batch = count + len(batch), []
        if batch:
            cursor.executemany(insert, batch)
            count += len(batch)
    return count


def _stored(field: models.Field[Any, Any], value: Any) -> Any:
    """The value as this database wants it; encrypted text goes in as it came out."""
    kind = field.get_internal_type()
    if value is None:
        return None
    if kind == "JSONField":
        return connection.ops.adapt_json_value(value, None)
    if kind == "DateTimeField":
        moment = field.to_python(value.replace(" ", "T"))
        # SQLite keeps moments in UTC without saying so.
        value = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return field.get_db_prep_save(value, connection)
    if kind in ("DateField", "TimeField", "DecimalField", "UUIDField"):
        return field.get_db_prep_save(field.to_python(value), connection)
    if kind == "BooleanField":
        return bool(value)
    return value
