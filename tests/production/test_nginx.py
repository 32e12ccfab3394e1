"""deploy/nginx.conf in a real nginx: stored files leave it without anything that tells two images apart."""

import http.server
import os
import re
import shutil
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.production.compose import REPOSITORY
from tests.services import process

CONF = REPOSITORY / "deploy" / "nginx.conf"
TAG = '"a-tag-of-the-slot"'
PIXELS = b"\x89PNG" + bytes(range(256)) * 40
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


class Site(http.server.BaseHTTPRequestHandler):
    """Stands where gunicorn would and answers as the site does for an image and for a page."""

    def do_GET(self):
        self.send_response(200)
        if self.path in ("/image", "/untagged-image"):
            self.send_header("X-Accel-Redirect", "/stored/presentations/one.png")
            self.send_header("Content-Type", "image/png")
            self.send_header("Cache-Control", "private, immutable")
            if self.path == "/image":
                self.send_header("ETag", TAG)
            body = b""
        else:
            body = (
                f"{self.headers['Host']} {self.headers['X-Forwarded-Proto']} {self.headers['X-Forwarded-For']}".encode()
            )
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def nginx(tmp_path_factory) -> Iterator[tuple[int, int]]:
    """The configuration as it is, with folders, ports and the site of this machine; yields its http and https ports."""
    if NGINX is None or shutil.which("openssl") is None:
        pytest.skip("nginx and openssl are not both installed, so deploy/nginx.conf was not tried.")
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    http_port, https_port = process.free_port(), process.free_port()
    conf = _conf_of_this_machine(folder, site.server_port, http_port, https_port)
    log = folder / "nginx.log"
    # Started by root, nginx steps down to a user who cannot see our folder.
    user = " user root;" if os.geteuid() == 0 else ""
    running = process.start([NGINX, "-p", str(folder), "-c", str(conf), "-g", f"daemon off;{user}"], log=log)
    process.wait_until(lambda: process.answers(https_port), process=running, log=log)
    yield http_port, https_port
    process.stop(running)
    site.shutdown()


def _conf_of_this_machine(folder: Path, site: int, http_port: int, https_port: int) -> Path:
    stored = folder / "media" / "presentations"
    stored.mkdir(parents=True)
    (stored / "one.png").write_bytes(PIXELS)
    (folder / "static").mkdir()
    (folder / "static" / "site.0123.css").write_text("body {}")
    subject = ["-subj", "/CN=localhost", "-days", "2", "-nodes", "-newkey", "rsa:2048"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(["openssl", "req", "-x509", *subject, *files], check=True, capture_output=True)
    here = {
        "web:8000": f"127.0.0.1:{site}",
        "listen 8080": f"listen 127.0.0.1:{http_port}",
        "listen 8443": f"listen 127.0.0.1:{https_port}",
        "/etc/nginx/certificates": str(folder),
        "/etc/nginx/mime.types": str(folder / "mime.types"),
        "/srv/lungstudy": str(folder),
        "/var/cache/nginx": str(folder),
        "/tmp/": f"{folder}/",
    }
    (folder / "mime.types").write_text("types { text/css css; image/png png; }")
    text = re.sub("|".join(map(re.escape, here)), lambda found: here[found[0]], CONF.read_text())
    conf = folder / "nginx.conf"
    conf.write_text(text)
    return conf


def ask(port: int, path: str, *, scheme: str = "https", **headers: str):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), NoRedirect)
    try:
        return opener.open(urllib.request.Request(f"{scheme}://127.0.0.1:{port}{path}", headers=headers), timeout=10)
    except urllib.error.HTTPError as answer:
        return answer


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def test_an_image_that_the_site_allowed_arrives_whole_and_uncompressed(nginx):
    answer = ask(nginx[1], "/image", **{"Accept-Encoding": "gzip, br"})
    assert answer.read() == PIXELS
    assert answer.headers["Content-Encoding"] is None
    assert answer.headers["Content-Length"] == str(len(PIXELS))


def test_its_headers_are_the_sites_and_not_the_files(nginx):
    headers = ask(nginx[1], "/image").headers
    assert headers["ETag"] == TAG
    assert headers["Cache-Control"] == "private, immutable"
    assert headers["Content-Type"] == "image/png"
    assert headers["Last-Modified"] is None
    assert headers["X-Accel-Redirect"] is None
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_gets_no_tag_of_nginxs_own(nginx):
    assert ask(nginx[1], "/untagged-image").headers["ETag"] is None


def test_a_stored_file_cannot_be_asked_for_directly(nginx):
    assert ask(nginx[1], "/stored/presentations/one.png").status == 404


def test_what_a_visitor_claims_about_the_connection_does_not_reach_the_site(nginx):
    claims = {"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "http"}
    assert ask(nginx[1], "/page", **claims).read().decode() == "127.0.0.1 https 127.0.0.1"


def test_plain_http_is_sent_to_https(nginx):
    answer = ask(nginx[0], "/page?a=1", scheme="http")
    assert (answer.status, answer.headers["Location"]) == (301, "https://127.0.0.1/page?a=1")


def test_its_own_health_page_needs_no_site(nginx):
    assert ask(nginx[0], "/nginx-health", scheme="http").status == 204


def test_collected_files_are_kept_for_a_year(nginx):
    answer = ask(nginx[1], "/static/site.0123.css")
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_an_upload_beyond_the_limit_is_refused_before_it_is_sent(nginx):
    assert ask(nginx[1], "/library/import/", **{"Content-Length": str(5 * 1024**3)}).status == 413


def test_many_tries_to_sign_in_are_slowed_down(nginx):
    answers = [ask(nginx[1], "/sign-in/").status for _ in range(40)]
    assert 429 in answers
    assert answers[:10] == [200] * 10
