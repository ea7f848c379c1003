"""The steps of docs/how-to/deploy.md with the real nginx and PostgreSQL, on loopback."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.machine import program
from tests.postgres import server as postgres

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SAPAR = [sys.executable, "-m", "sapar.cli"]
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """A served Sapar: the application on `port`, nginx with TLS before it on `tls`."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.port, self.second, self.tls, self.plain = folder, *(free_port() for _ in range(4))
        lines = (DEPLOY / "sapar.env").read_text().splitlines()
        shipped = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        self.env = dict(os.environ) | shipped | {
            "SAPAR_BASE_URL": f"https://localhost:{self.tls}",
            "SAPAR_HOSTS": "localhost",
            "SAPAR_ORIGINS": f"https://localhost:{self.tls}",
            "SAPAR_DATA_DIR": str(folder / "data"),
            "SAPAR_DATABASE_URL": database,
            "SAPAR_SECRET_KEY": "only-for-this-test-" + "x" * 50,
            "DJANGO_SETTINGS_MODULE": "sapar.config.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }  # fmt: skip

    def sapar(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*SAPAR, *words], env=self.env, cwd=ROOT, capture_output=True, text=True, check=False
        )

    def serve(self, port: int) -> subprocess.Popen[bytes]:
        """As the service does, on another port."""
        start = re.search(r"ExecStart=\S+/sapar (.+)", (DEPLOY / "sapar.service").read_text())
        assert start is not None
        words = start[1].replace("--port 8000", f"--port {port}").split()
        return subprocess.Popen([*SAPAR, *words], env=self.env, cwd=ROOT, stdout=subprocess.DEVNULL)

    def nginx(self) -> subprocess.Popen[bytes]:
        """The shipped site with this test's ports, name and certificate."""
        certificate = self.folder / "cert.pem"
        subprocess.run(
            [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-keyout", self.folder / "key.pem", "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        site = (DEPLOY / "nginx.conf").read_text()
        for before, after in {
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{self.port}; server 127.0.0.1:{self.second};",
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.tls} ssl http2;",
            "sapar.example.org": "localhost",
            "/etc/ssl/sapar/fullchain.pem": str(certificate),
            "/etc/ssl/sapar/privkey.pem": str(self.folder / "key.pem"),
            "/etc/nginx/sapar-proxy.conf": str(DEPLOY / "sapar-proxy.conf"),
            "/opt/sapar/deploy": str(DEPLOY),
        }.items():
            assert before in site, before
            site = site.replace(before, after)
        temporary = "\n".join(
            f"{kind}_temp_path {self.folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = self.folder / "nginx.conf"
        config.write_text(
            f"daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log; worker_processes 1;\n"
            f"events {{}}\nhttp {{ access_log {self.folder}/access.log; {temporary}\n{site}\n}}\n"
        )
        nginx = program("nginx")
        subprocess.run([nginx, "-t", "-c", config], check=True, capture_output=True)
        return subprocess.Popen([nginx, "-c", config], stderr=subprocess.DEVNULL)

    def get(self, path: str, *, tls: bool = True) -> tuple[int, Message, str]:
        url = f"https://localhost:{self.tls}{path}" if tls else f"http://127.0.0.1:{self.port}{path}"
        context = ssl.create_default_context(cafile=str(self.folder / "cert.pem")) if tls else None
        request = urllib.request.Request(url, headers={} if tls else {"Host": "localhost"})
        try:
            with urllib.request.urlopen(request, timeout=60, context=context) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers, refused.read().decode()

    def wait(self, *ports: int) -> None:
        end = time.monotonic() + 300  # a busy machine takes its time
        for port in ports:
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert time.monotonic() < end, f"nothing listens on {port}"
                time.sleep(0.2)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("server")
    with postgres() as database:
        found = Site(folder, database)
        running = [found.serve(found.port)]
        try:
            found.wait(found.port)
            running += [found.serve(found.second), found.nginx()]
            found.wait(found.second, found.tls)
            yield found
        finally:
            for process in reversed(running):
                process.terminate()
            for process in running:
                process.wait(timeout=30)


def test_while_the_server_is_away_people_are_told_and_the_page_looks_again(tmp_path: Path) -> None:
    site = Site(tmp_path, "postgres://nobody@127.0.0.1:1/none")
    nginx = site.nginx()
    try:
        site.wait(site.tls)
        status, headers, page = site.get("/o/osh/")
    finally:
        nginx.terminate()
        nginx.wait(timeout=30)
    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (502, "20", "no-store")
    assert all(
        word in page for word in ("Sapar is starting", 'lang="ru"', 'lang="ky"', 'lang="kk"', 'lang="uz"')
    )


def test_sign_in_page_comes_through_tls_with_its_guards(site: Site) -> None:
    status, headers, page = site.get("/accounts/login/")
    assert (status, "csrfmiddlewaretoken" in page) == (200, True)
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_static_files_may_be_kept_for_a_year(site: Site) -> None:
    _status, _headers, page = site.get("/accounts/login/")
    sheet = re.search(r'href="(/static/sapar/css/tokens[^"]+)"', page)
    assert sheet is not None
    status, headers, _content = site.get(sheet[1])
    assert (status, "max-age=31536000" in headers["Cache-Control"]) == (200, True)


def test_server_is_ready_and_metrics_stay_inside(site: Site) -> None:
    assert site.get("/health/ready")[0] == 200
    assert site.get("/metrics")[0] == 404
    assert site.get("/metrics", tls=False)[0] == 200
    by_address = urllib.request.urlopen(f"http://127.0.0.1:{site.port}/health/ready", timeout=60)
    assert by_address.status == 200


def test_office_is_opened_backed_up_and_proved_by_the_commands_of_the_page(site: Site) -> None:
    opened = site.sapar(
        "office", "open", "--slug", "osh", "--name", "Our University", "--country", "KG", "--languages", "ky,ru",
        "--email", "admin@example.org", "--person", "First Administrator", "--password", "a-long-journey-2026",
    )  # fmt: skip
    assert opened.returncode == 0, opened.stdout + opened.stderr
    again = site.sapar(
        "office", "open", "--slug", "osh", "--name", "Ours", "--country", "KG", "--email", "b@example.org",
        "--person", "B", "--password", "a-long-journey-2026",
    )  # fmt: skip
    assert (again.returncode, "already" in again.stderr) == (1, True)
    backups = site.folder / "backups"
    backups.mkdir()
    made = site.sapar("backup", "make", str(backups))
    assert (made.returncode, "verified" in made.stdout) == (0, True), made.stderr
    assert site.sapar("audit", "verify").returncode == 0


def test_two_servers_with_a_worker_each_do_every_task_once(site: Site) -> None:
    code = (
        "import django; django.setup()\n"
        "from django_tasks_db.models import DBTaskResult\n"
        "from sapar.interop.tasks import deliver\n"
        "import time\n"
        "made = [deliver.enqueue().id for _ in range(40)]\n"
        "end = time.monotonic() + 90\n"
        "while time.monotonic() < end:\n"
        "    done = DBTaskResult.objects.filter(id__in=made, status='SUCCESSFUL')\n"
        "    if done.count() == 40: break\n"
        "    time.sleep(0.3)\n"
        "print(done.count(), max(len(row.worker_ids) for row in done))\n"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code], env=site.env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert asked.stdout.split() == ["40", "1"], asked.stdout + asked.stderr


WRITERS, EACH = 8, 12
TOKEN = "a" * 32
OPEN_OFFICE = """
import django; django.setup()
from django.utils import timezone
from sapar.accounts.models import User
from sapar.accounts.services import open_office
from django.test import Client
user = User.objects.create_user("busy@example.org", None, name="Busy")
open_office(slug="busy", name="Busy", country_code="KG", languages=["ky"], administrator=user, at=timezone.now())
client = Client()
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
print(client.cookies["sessionid"].value)
"""
GIVE_WORK = """
import django; django.setup()
from sapar.accounts.tasks import tidy
from sapar.partners.import_tasks import make_ready
from sapar.accounts.models import Office
import time
office = Office.objects.get(slug="busy").pk
made = []
for _ in range(20):
    made += [tidy.enqueue().id, make_ready.enqueue(office).id]
    time.sleep(0.2)  # longer than a worker sleeps in all: both are awake while there is work
print(*made)
"""
COUNT = """
import django; django.setup()
import json, sys, time
from django_tasks_db.models import DBTaskResult
from sapar.accounts.models import Office
from sapar.audit.models import Entry
from sapar.audit.queries import breaks_in
from sapar.directory.models import Person
office, made = Office.objects.get(slug="busy"), sys.argv[1:]
end = time.monotonic() + 120
while time.monotonic() < end:
    done = list(DBTaskResult.objects.filter(id__in=made, status="SUCCESSFUL"))
    if len(done) == len(made):
        break
    time.sleep(0.3)
added = Entry.objects.filter(office=office, action="directory.person.added")
print(json.dumps({
    "people": Person.objects.filter(office=office).values("passport_surname").distinct().count(),
    "entries": added.count(),
    "breaks": len(list(breaks_in(office))),
    "done": len(done),
    "most": max(len(row.worker_ids) for row in done),
    "workers": len({worker for row in done for worker in row.worker_ids}),
}))
"""


def test_two_servers_and_two_workers_write_at_once_and_lose_nothing(site: Site) -> None:
    def python(code: str, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *words], env=site.env, cwd=ROOT, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    session = python(OPEN_OFFICE)
    ports = (site.port, site.second)

    def write(writer: int) -> list[int]:
        """As a browser sends the form of a new person, now to one server and now to the other."""
        answers = []
        for number in range(EACH):
            data = {
                "passport_surname": f"Demo {writer}-{number}",
                "language": "ky",
                "csrfmiddlewaretoken": TOKEN,
            }
            connection = HTTPConnection("127.0.0.1", ports[(writer + number) % 2], timeout=120)
            connection.request(
                "POST",
                "/o/busy/people/new/",
                urlencode(data),
                {
                    "Host": "localhost",
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
                },
            )
            answers.append(connection.getresponse().status)
            connection.close()
        return answers

    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, writer) for writer in range(WRITERS)]
        tasks = python(GIVE_WORK).split()
        answers = [status for one in writing for status in one.result()]
    assert answers == [302] * (WRITERS * EACH)
    found = json.loads(python(COUNT, *tasks))
    assert found.pop("workers") == 2
    assert found == {"people": 96, "entries": 96, "breaks": 0, "done": 40, "most": 1}
