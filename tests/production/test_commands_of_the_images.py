"""The commands of docker-compose.yml, run by hand against a real Postgres and Redis: the site opens, workers work."""

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from tests.production.compose import REPOSITORY, command_here, environment_here, services
from tests.production.orders import IMAGES
from tests.production.test_compose_file import ENV, OURS
from tests.services import process

HOST = ENV["LUNGSTUDY_ALLOWED_HOSTS"]
RUNNING = ("web", "worker", "generator", "beat")
PLACE_ORDERS = "from tests.production.orders import place_orders; place_orders()"
JOBS = "select state, reason from library_importrun union all select state, reason from generation_job"
WAITING = {"queued", "running"}
pytestmark = pytest.mark.redis


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@dataclass
class Site:
    """The running site and how each of its containers would be set up."""

    port: int
    var: Path
    database: dict[str, str]
    environments: dict[str, dict[str, str]]
    checks: dict[str, list[str]]

    def get(self, path: str, **headers: str):
        """Ask as nginx would."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": HOST, **headers})
        try:
            return urllib.request.build_opener(NoRedirect).open(request, timeout=20)
        except urllib.error.HTTPError as answer:
            return answer

    def run(self, service: str, *command: str) -> subprocess.CompletedProcess:
        """Run a command in the place of a service's container."""
        env = self.environments[service]
        return subprocess.run(command, env=env, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    def rows(self, question: str) -> list[tuple]:
        """Ask the database."""
        with psycopg2.connect(**self.database) as connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall()


@pytest.fixture(scope="module")
def site(postgres, redis, tmp_path_factory) -> Iterator[Site]:
    """Prepare as compose does, then run web, both workers and beat until the module ends."""
    var, port = tmp_path_factory.mktemp("production"), process.free_port()
    (var / "uploads").mkdir()
    database = postgres.create_database("production")
    described = services(ENV)
    stores = {"var": var, "database": database, "broker": redis.url, "port": port}
    environments = {name: environment_here(described[name], **stores) for name in OURS}
    checks = {name: described[name]["healthcheck"]["test"][1:] for name in RUNNING}
    client = {"dbname": "production", "user": "postgres", "host": str(postgres.folder)}
    site = Site(port, var, client, environments, checks)
    prepared = site.run("prepare", *described["prepare"]["command"])
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    running = [_started(name, described[name], site, var) for name in RUNNING]
    yield site
    for one in running:
        process.stop(one, seconds=30)


def _started(name: str, service: dict, site: Site, var: Path) -> subprocess.Popen:
    log = var / f"{name}.log"
    started = process.start(command_here(service, site.port), log=log, env=site.environments[name], cwd=REPOSITORY)
    if name == "web":
        process.wait_until(lambda: process.answers(site.port), process=started, log=log)
    return started


def eventually(condition, seconds: float = 300) -> bool:
    """Whether something becomes true; for processes that need a while to start."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.5)
    return False


def test_the_sign_in_page_opens_behind_a_proxy_that_speaks_https(site):
    answer = site.get("/sign-in/", **{"X-Forwarded-Proto": "https"})
    assert answer.status == 200
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_plain_http_is_sent_to_https(site):
    answer = site.get("/sign-in/")
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/sign-in/")


def test_a_host_that_was_not_named_is_refused(site):
    assert site.get("/sign-in/", Host="elsewhere.example.org").status == 400


@pytest.mark.parametrize("service", RUNNING)
def test_the_health_check_of_the_container_passes_for(service, site):
    assert eventually(lambda: site.run(service, *site.checks[service]).returncode == 0)


def test_the_health_check_fails_for_a_worker_that_is_not_there(site):
    assert site.run("worker", "python", "deploy/healthcheck.py", "worker", "absent").returncode != 0


def test_beat_finds_what_waits_and_the_workers_import_and_draw_it(site):
    placed = site.run("web", "python", "manage.py", "shell", "-c", PLACE_ORDERS)
    assert placed.returncode == 0, placed.stderr
    assert eventually(lambda: not WAITING & {state for state, _ in site.rows(JOBS)})
    assert site.rows(JOBS) == [("done", ""), ("done", "")]
    assert len(site.rows("select id from library_image")) == 1 + IMAGES
    assert len(list((site.var / "media").rglob("*.png"))) >= 1 + IMAGES


def test_the_site_is_clean_under_djangos_deployment_check(site):
    done = site.run("web", "python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
