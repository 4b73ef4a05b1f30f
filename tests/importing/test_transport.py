"""Over real HTTP: what is read, what is not followed, and how a call fails."""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from typer.testing import CliRunner, Result

from cli.importing import transport
from cli.importing.transport import NoAnswer, TooLarge, get
from cli.main import app
from tests.importing.world import Handler, Query, as_json, plain, service, sound

SERVICES = [service("a b", "Pothole"), service("b", "Lamp", group="Lights")]
PAST = [
    {
        "service_request_id": str(n),
        "service_code": "b",
        "requested_datetime": f"2026-11-0{n + 1}T10:00:00Z",
        "description": "Dark",
    }
    for n in range(5)
]


def city(path: str, query: Query) -> Any:
    if path.endswith("/requests.json") and "start_date" in query:
        low, high = query["start_date"], query["end_date"]
        return as_json([each for each in PAST if low <= str(each["requested_datetime"]) <= high])
    return plain(SERVICES)(path, query)


class Site(ThreadingHTTPServer):
    """A site in this process."""

    handler: Handler
    keys: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"[1")
            return
        if parts.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        query = dict(parse_qsl(parts.query))
        self.server.keys.append(query.get("api_key", ""))
        found = self.server.handler(unquote(parts.path), query)
        body = gzip.compress(found.body)
        self.send_response(found.status)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(("127.0.0.1", 0), Answers) as server:
        server.handler, server.keys = city, []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(app, ["import", *arguments], env=env)


def test_an_answer_of_any_status(site: Site) -> None:
    found = get(f"{site.url}/services.json", {"Accept-Encoding": "gzip"})
    missing = get(f"{site.url}/no.json", {})

    assert found.status == 200
    assert json.loads(gzip.decompress(found.body)) == SERVICES
    assert found.headers["content-encoding"] == "gzip"
    assert missing.status == 404


def test_a_redirect_is_an_answer(site: Site) -> None:
    assert (get(f"{site.url}/moved", {}).status, site.keys) == (302, [])


def test_a_call_that_breaks_off(site: Site) -> None:
    with pytest.raises(NoAnswer, match="broke off"):
        get(f"{site.url}/cut", {})


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(NoAnswer, match="refused"):
            get(f"http://127.0.0.1:{port}/", {})  # bound, and nobody listens


def test_an_answer_without_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST", 10)
    with pytest.raises(TooLarge):
        get(f"{site.url}/services.json", {})


def test_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_QUIET_SECONDS", 0.05)
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as mute, pytest.raises(NoAnswer):
        get(
            f"http://127.0.0.1:{mute.server_port}/", {}
        )  # accepted by the system, answered by nobody


def test_the_command_imports_shows_and_compares(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "gross"

    first = run(f"{site.url}/open311/v2", "--to", str(folder), "--pause", "0", "--name", "Gross")
    second = run("city", f"{site.url}/open311/v2", "--to", str(folder), "--pause", "0")
    third = run("--to", str(folder), f"{site.url}/open311/v2", "--json", "--pause", "0")

    assert first.exit_code == second.exit_code == third.exit_code == 0, first.output
    assert "to decide" in first.stdout
    assert "services.yaml:" in first.stdout
    assert f"{folder}: services 2\n" in first.stdout
    assert "says the same as at the last import" in second.stdout
    assert "Nothing was written" in second.stderr
    said = json.loads(third.stdout)
    assert (said["written"], said["new"], said["changed"], said["vanished"]) == (False, [], {}, [])
    assert set(said) == {
        "folder", "written", "counts", "edited", "new", "changed", "vanished", "report",
    }  # fmt: skip
    city = sound(folder).city
    assert city is not None
    assert list(city.services) == ["pothole", "b", "something-else"]


def test_the_command_shows_what_changed(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "gross"
    run(f"{site.url}/open311/v2", "--to", str(folder), "--pause", "0")
    text = (folder / "city.yaml").read_text(encoding="utf-8")
    (folder / "city.yaml").write_text(f"{text}# ours\n", encoding="utf-8")
    site.handler = plain([service("b", "Street lamp", group="Lights"), service("c", "Tree")])

    shown = run(f"{site.url}/open311/v2", "--to", str(folder), "--pause", "0")
    forced = run(f"{site.url}/open311/v2", "--to", str(folder), "--pause", "0", "--force", "--json")

    for words in (
        "new",
        "changed",
        "vanished",
        "name, description",
        "Edited here since: city.yaml",
    ):
        assert words in shown.stdout
    said = json.loads(forced.stdout)
    assert (said["written"], said["edited"], said["new"]) == (True, ["city.yaml"], ["c"])
    assert any(each["kind"] == "to decide" and each["places"] for each in said["report"])
    assert (folder / "city.yaml~").read_text(encoding="utf-8").endswith("# ours\n")


def test_the_command_pulls_requests_and_goes_on(site: Site, tmp_path: Path) -> None:
    file = str(tmp_path / "past.jsonl")
    options = ("--to", file, "--since", "2026-10-01", "--until", "2026-11-20", "--pause", "0")

    first = run("requests", f"{site.url}/open311/v2", *options, "--limit", "2")
    second = run("requests", f"{site.url}/open311/v2", *options)
    third = run("requests", f"{site.url}/open311/v2", *options, "--json")

    assert first.stdout.endswith("2 new requests, 2 in all; run it again to go on\n")
    assert second.stdout.endswith("3 new requests, 5 in all\n")
    assert json.loads(third.stdout) == {"new": 0, "total": 5, "whole": True, "notes": []}
    lines = (tmp_path / "past.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["id"] for line in lines) == list("01234")


def test_the_key_comes_from_the_environment_and_shows_nowhere(site: Site, tmp_path: Path) -> None:
    def no(path: str, query: Query) -> Any:
        return as_json([{"description": "Wrong key."}], 403)

    site.handler = no
    done = run(
        site.url,
        "--to",
        str(tmp_path / "gross"),
        "--pause",
        "0",
        env={"CITY311_IMPORT_KEY": "s3cret"},
    )

    assert done.exit_code == 1
    assert set(site.keys) == {"s3cret"}
    assert "Wrong key." in done.stderr
    assert "s3cret" not in done.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ftp://x.example",), "is no address"),
        (("http://127.0.0.1:9", "--to", "Big_City"), "gives no answer"),
        (("requests", "http://127.0.0.1:9", "--to", "x", "--since", "soon"), "'soon' is no date"),
        (
            ("requests", "http://127.0.0.1:9", "--to", "x", "--since", "2999-01-01"),
            "must be before",
        ),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.importing.client._WAITS", ())

    done = run(*arguments)

    assert done.exit_code in (1, 2)
    assert words in done.stderr
    assert "Traceback" not in done.output


def test_help_warns_of_personal_data() -> None:
    assert "personal data" in run("requests", "--help").stdout
    assert "city" in run("--help").stdout
    assert run().exit_code == 2
