"""The web service, under uvicorn in a process of its own, asked over sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT

import otgnlp

TEXT = "Порт расширят. В театре премьера."


class Service:
    """A running service: its port, and what it has logged once it ends."""

    def __init__(self, process, port, log):
        self.process, self.port, self._log = process, port, log

    def ask(self, method, path, body=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read()), answer.headers

    def tag(self, text, **others):
        body = json.dumps({"text": text, **others}, ensure_ascii=False).encode("utf-8")
        status, answer, _ = self.ask("POST", "/tag", body)
        return status, answer

    def log(self):
        return self._log.read_text(encoding="utf-8")


@pytest.fixture
def serve(tmp_path):
    """Start services; end them, and see that they end well, afterwards."""
    started = []

    def start(**settings):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = tmp_path / f"log-{len(started)}"
        environment = {**os.environ, "PYTHONUTF8": "1", **settings}
        command = [sys.executable, "-m", "uvicorn", "examples.service:app", "--port", str(port)]
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=out, stdout=out)
        service = Service(process, port, log)
        started.append(service)
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(ConnectionError):
                service.ask("GET", "/health")
                return service
            assert process.poll() is None, service.log()
            assert time.monotonic() < deadline, service.log()
            time.sleep(0.05)

    yield start
    for service in started:
        service.process.terminate()
        assert service.process.wait(30) in {0, -15}
        assert "Traceback" not in service.log()


def test_answers(serve):
    service = serve()
    log = service.log()
    assert log.index("ready: Tagger(otgnlp-topics") < log.index("Application startup complete")
    assert service.tag(TEXT) == (200, otgnlp.tag(TEXT).to_dict(details=False))
    status, answer = service.tag(TEXT, threshold={"transport": 1.0})
    assert (status, answer["sentences"][0]["topics"]) == (200, [])
    assert service.tag("") == (200, otgnlp.tag("").to_dict(details=False))

    status, answer, headers = service.ask("GET", "/health")
    assert (status, answer) == (200, {"model": otgnlp.tag("").model, "waiting": 0})
    assert headers["Cache-Control"] == "no-store"
    assert re.search(r"tagged 33 characters, 2 sentences in \d+ ms", service.log())
    assert "театр" not in service.log()


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"{", 400, "no JSON"),
        ('{"text": "порт"}'.encode("cp1251"), 400, "no JSON in UTF-8"),
        (b"[" * 100_000, 400, "no JSON"),
        (b"[]", 422, "expected"),
        (b'{"text": 1}', 422, "expected"),
        (b'{"text": "a", "threshold": 2}', 422, "from 0 to 1"),
        (b'{"text": "a", "threshold": {"sport": 0.5}}', 422, "unknown topic 'sport'"),
    ],
)
def test_what_is_refused(service, body, status, error):
    found, answer, _ = service.ask("POST", "/tag", body)
    assert found == status
    assert error in answer["error"]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A service for tests that leave it as it was."""
    starting = serve.__wrapped__(tmp_path_factory.mktemp("service"))
    yield next(starting)(OTGNLP_MAX_BYTES="200000", OTGNLP_TIMEOUT="2")
    next(starting, None)


def test_the_page_shows_a_client(service, capsys):
    page = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```py\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    exec(code.replace(":8000/", f":{service.port}/"), {})
    assert capsys.readouterr().out.startswith("[{'topic': 'transport', 'probability': 0.9")


def test_bodies_are_bounded_with_a_length_and_without(service):
    parts = [b"x" * 50_000] * 5
    for body in (b"".join(parts), iter(parts)):  # the second goes out in chunks
        with contextlib.suppress(ConnectionError):  # closed before all of it was sent
            assert service.ask("POST", "/tag", body)[0] == 413
    assert service.tag(TEXT)[0] == 200
    assert "refused with 413: more than 200000 bytes" in service.log()


def test_a_client_that_does_not_send_is_let_go(service):
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as slow:
        slow.sendall(b"POST /tag HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        began = time.monotonic()
        assert service.tag(TEXT)[0] == 200  # others are served meanwhile
        assert slow.recv(100).startswith(b"HTTP/1.1 408")
        assert 1 < time.monotonic() - began < 15


def test_a_client_that_goes_away_harms_nobody(service):
    with socket.create_connection(("127.0.0.1", service.port)) as gone:
        gone.sendall(b"POST /tag HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert service.tag(TEXT)[0] == 200


def test_a_flood_is_turned_away_and_health_still_answers(serve):
    service = serve(OTGNLP_MAX_WAITING="2", OTGNLP_TIMEOUT="60")
    text = "".join(f"Порт {i} расширят. " for i in range(20_000))
    with ThreadPoolExecutor(8) as clients:
        asked = [clients.submit(service.tag, text) for _ in range(8)]
        time.sleep(0.2)
        began = time.monotonic()
        assert service.ask("GET", "/health")[0] == 200
        assert time.monotonic() - began < 5
        answers = [one.result() for one in asked]
    assert {status for status, _ in answers} == {200, 503}
    whole = otgnlp.tag(text).to_dict(details=False)
    assert all(answer == whole for status, answer in answers if status == 200)
    assert service.ask("GET", "/health")[1]["waiting"] == 0


def test_a_model_that_cannot_be_loaded_stops_the_start(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "uvicorn", "examples.service:app", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "OTGNLP_MODEL": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode != 0
    assert "ModelError" in done.stderr
