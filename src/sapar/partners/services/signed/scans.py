"""Scans of signed agreements, many at once: a ZIP archive of files that are named by the number."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.policy import require
from sapar.files.errors import FileDamaged, FileDangerous, FileTooLarge, FileTypeRefused
from sapar.files.models import StoredFile
from sapar.partners.errors import ScansUnreadable
from sapar.partners.models import Agreement
from sapar.partners.policies import may_draft_agreement
from sapar.partners.services.approval import attach_scan
from sapar.partners.services.signed.looking import number_key

MOST_FILES, MOST_BYTES = 500, 100 * 1024**2


@dataclass(frozen=True)
class Scan:
    """What became of one file; `problem` is a code that the door puts into words, or the words of a refusal."""

    name: str
    agreement: int | None = None
    number: str = ""
    problem: str = ""
    said: str = ""


@transaction.atomic
def attach_scans(content: bytes, name: str, *, office: Office, by: Actor, at: datetime) -> list[Scan]:
    """Attach each file to the agreement whose number is its name; answers what became of each.

    Signs do not matter: "12-2021.pdf" is the scan of 12/2021. A file that is there already is not stored twice.

    Raises:
        ScansUnreadable: no archive, an encrypted one, or one that is far too large when unpacked.
    """
    require(may_draft_agreement, by, office)
    if len(content) > MOST_BYTES:
        raise ScansUnreadable(name=name, reason=_("it is too large; divide it."))
    done = []
    with _opened(content, name) as archive:
        members = _members(archive, name)
        agreements = _by_number(office)
        for member in members:
            done.append(_attached(archive, member, agreements, by=by, at=at))
    record(
        "partners.agreements.scans_brought", subject=office, by=by, at=at,
        name=name, files=len(done), attached=sum(not one.problem for one in done),
    )  # fmt: skip
    return done


def _opened(content: bytes, name: str) -> ZipFile:
    try:
        return ZipFile(io.BytesIO(content))
    except BadZipFile as error:
        raise ScansUnreadable(name=name, reason=_("it is damaged or something else.")) from error


def _members(archive: ZipFile, name: str) -> list[ZipInfo]:
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not PurePosixPath(_name_of(member)).name.startswith((".", "__"))
    ]
    if not members:
        raise ScansUnreadable(name=name, reason=_("it is empty."))
    if any(member.flag_bits & 1 for member in members):
        raise ScansUnreadable(name=name, reason=_("it is protected by a password."))
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > MOST_BYTES:
        raise ScansUnreadable(name=name, reason=_("it is too large; divide it."))
    return members


def _name_of(member: ZipInfo) -> str:
    """Names of older archives are in the alphabet of the computer that packed them."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("cp866")
    except UnicodeError:
        return member.filename


def _by_number(office: Office) -> dict[str, list[Agreement]]:
    found: dict[str, list[Agreement]] = defaultdict(list)
    rows = Agreement.objects.filter(office=office, signed_on__isnull=False).exclude(number="")
    for agreement in rows.select_related("office"):
        found[number_key(agreement.number)].append(agreement)
    return found


def _attached(
    archive: ZipFile, member: ZipInfo, agreements: dict[str, list[Agreement]], *, by: Actor, at: datetime
) -> Scan:
    name = PurePosixPath(_name_of(member).replace("\\", "/")).name
    owners = agreements.get(number_key(PurePosixPath(name).stem), [])
    if len(owners) != 1:
        return Scan(name, problem="several_have_it" if owners else "no_such_number")
    agreement = owners[0]
    if member.file_size > settings.MAX_UPLOAD_BYTES:
        return Scan(name, agreement.pk, agreement.number, "too_large")
    try:
        content = archive.read(member)
    except (BadZipFile, zlib.error, NotImplementedError, EOFError):
        return Scan(name, agreement.pk, agreement.number, "damaged")
    if _is_there(agreement, content):
        return Scan(name, agreement.pk, agreement.number, "there_already")
    try:
        attach_scan(agreement, content, name, by=by, at=at)
    except (FileDamaged, FileDangerous, FileTooLarge, FileTypeRefused) as refused:
        return Scan(name, agreement.pk, agreement.number, "refused", str(refused))
    return Scan(name, agreement.pk, agreement.number)


def _is_there(agreement: Agreement, content: bytes) -> bool:
    return StoredFile.objects.filter(
        subject_type=agreement._meta.label_lower,
        subject_id=agreement.pk,
        office=agreement.office,
        sha256=hashlib.sha256(content).hexdigest(),
    ).exists()
