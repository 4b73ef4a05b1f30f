"""A guest that waits as it is asked, gives up in time, stays at one host, and keeps its key."""

from datetime import timedelta
from pathlib import Path

import pytest

from cli.failures import Failure, Misuse, Refused
from cli.importing.client import Client, NotThere, checked
from cli.importing.endpoint import found_at
from cli.importing.transport import NoAnswer, Raw, TooLarge
from tests.importing.world import (
    NOW,
    Clock,
    Query,
    Server,
    answer,
    as_json,
    bring,
    client,
    plain,
    service,
    sound,
    web_page,
)

URL = "https://311.gross.example/open311/v2/services.json"


class Script:
    """Answers in a row, the last for ever."""

    def __init__(self, *answers: Raw | Exception) -> None:
        self.answers = list(answers)
        self.calls = 0

    def __call__(self, path: str, query: Query) -> Raw:
        self.calls += 1
        now = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(now, Exception):
            raise now
        return now


def guest(script: Script, clock: Clock, **options: float) -> Client:
    return Client(
        home="https://311.gross.example",
        transport=Server(script),
        time=clock.time(),
        **{"pause": 0.0, **options},
    )


def test_what_fails_for_a_moment_is_asked_again() -> None:
    clock, script = Clock(), Script(NoAnswer("silence"), as_json([], 500), as_json([1]))

    assert guest(script, clock).get(URL, {}).data == [1]
    assert clock.slept == [2.0, 5.0]


def test_what_fails_for_ever_is_given_up() -> None:
    clock, script = Clock(), Script(NoAnswer("silence"))

    with pytest.raises(Failure, match=r"services.json gives no answer: silence\."):
        guest(script, clock).get(URL, {})
    assert (script.calls, clock.slept) == (4, [2.0, 5.0, 15.0])
    busy = Script(as_json({"detail": "down"}, 503))
    with pytest.raises(Refused, match="answered 503: down"):
        guest(busy, Clock()).get(URL, {})
    assert busy.calls == 4


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        ("7", 7.0),
        ("0", 1.0),
        (format(NOW + timedelta(seconds=30), "%a, %d %b %Y %H:%M:%S GMT"), 30.0),
        ("soon", 2.0),
        ("", 2.0),
    ],
)
def test_the_server_says_how_long_to_wait(asked: str, waited: float) -> None:
    clock = Clock()
    script = Script(as_json([], 429, retry_after=asked), as_json([1]))

    guest(script, clock).get(URL, {})

    assert clock.slept == [waited]


def test_nobody_waits_for_an_hour() -> None:
    script = Script(as_json([], 429, retry_after="3600"))

    with pytest.raises(Failure, match="asks to wait 3600 s; run this again"):
        guest(script, Clock()).get(URL, {})


def test_a_guess_takes_an_error_for_an_answer() -> None:
    script = Script(as_json([], 500))

    with pytest.raises(Refused):
        guest(script, Clock()).get(URL, {}, trying=True)
    assert script.calls == 1


def test_calls_keep_their_distance() -> None:
    clock, script = Clock(), Script(as_json([]))
    polite = guest(script, clock, pause=1.5)

    for _ in range(3):
        polite.get(URL, {})

    assert clock.slept == [1.5, 1.5]
    assert polite.calls == 3


def test_a_redirect_is_followed_within_the_host() -> None:
    script = Script(answer("", 301, location="/new?a=1"), as_json([1]))
    server = Server(script)

    assert client(server).get(URL, {}).data == [1]
    assert server.raw[1] == "https://311.gross.example/new?a=1"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("https://evil.example/x", r"another host: if you trust it, import https://evil.example/x"),
        ("http://311.gross.example/x", "from https to http"),
        ("file:///etc/passwd", "another host"),
        (URL, "without end"),
    ],
)
def test_a_redirect_elsewhere_is_not(target: str, words: str) -> None:
    server = Server(Script(answer("", 302, location=target)))

    with pytest.raises(Failure, match=words):
        client(server).get(URL, {})
    assert {raw.partition("?")[0] for raw in server.raw} == {URL}


def test_a_redirect_to_nowhere_is_a_refusal() -> None:
    with pytest.raises(Refused, match="answered 302"):
        client(Server(Script(answer("", 302)))).get(URL, {})


def test_what_is_too_large_is_said() -> None:
    with pytest.raises(Failure, match="larger than"):
        client(Server(Script(TooLarge("its answer is larger than 64 MB")))).get(URL, {})


@pytest.mark.parametrize("status", [404, 405, 410, 501])
def test_what_is_not_there_is_told_apart(status: int) -> None:
    with pytest.raises(NotThere):
        client(Server(Script(web_page(status)))).get(URL, {})


def test_the_key_goes_to_its_host_and_into_no_message() -> None:
    server = Server(Script(as_json([{"description": "No."}], 403)))
    owner = client(server, key="s3cret")

    with pytest.raises(Refused) as refused:
        owner.get(URL, {"a": "b c"})
    with pytest.raises(Refused):
        owner.get("https://other.example/services.json", {})
    with pytest.raises(Refused):
        owner.get("http://311.gross.example/services.json", {})

    assert server.raw[0] == f"{URL}?a=b+c&api_key=s3cret"
    assert not any("s3cret" in raw for raw in server.raw[1:])
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["", "ftp://x.example", "https://", "https://a b.example", "https://x:y", "http://[::1"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(Misuse, match="is no address"):
        checked(url)


def test_secrets_in_addresses_and_in_the_open() -> None:
    with pytest.raises(Misuse, match="without a name and password"):
        checked("https://me:secret@311.gross.example")
    with pytest.raises(Misuse, match="over https only"):
        checked("http://311.gross.example", secret=True)
    assert checked("http://127.0.0.1:80/x", secret=True) == "http://127.0.0.1:80/x"
    assert checked("311.gross.example") == "https://311.gross.example"


@pytest.mark.parametrize("page", [web_page(200), answer("It works!"), web_page(404)])
def test_a_site_without_open311_is_said_with_every_try(page: Raw) -> None:
    with pytest.raises(Failure, match="No Open311 service list was found") as failure:
        found_at(client(Server(Script(page)), "https://311.gross.example"), None)
    assert "Name the endpoint itself" in str(failure.value)
    assert "https://311.gross.example/open311/v2/services.json" in str(failure.value)


def test_a_wrong_jurisdiction_is_said_with_what_to_do() -> None:
    wants = as_json([{"description": "jurisdiction_id was not found"}], 404)

    with pytest.raises(Failure, match="Say which with --jurisdiction"):
        found_at(client(Server(Script(wants))), None)
    with pytest.raises(Failure, match="No Open311 service list"):
        found_at(client(Server(Script(wants))), "given.example")


def test_discovery_chooses_production_and_says_where_it_leads(tmp_path: Path) -> None:
    def handler(path: str, query: Query) -> Raw:
        if path.endswith("discovery.json"):
            ends = [
                {"specification": "other", "url": "https://x.example"},
                {
                    "specification": "http://wiki.open311.org/GeoReport_v2",
                    "url": "x",
                    "type": "test",
                },
                {"specification": "x GeoReport", "url": "javascript:x", "type": "production"},
                {
                    "specification": "https://wiki.open311.org/GeoReport_v2",
                    "url": "http://311.gross.example/live/",
                    "type": "production",
                },
            ]
            return as_json({"endpoints": ends})
        return plain([service("a", "A")])(path, query)

    outcome = bring(handler, tmp_path / "gross")

    assert outcome.theirs.endpoint.base == "https://311.gross.example/live"
    assert any("without https" in line.words for line in outcome.lines)
    sound(tmp_path / "gross")


def test_an_endpoint_on_another_host_is_read_without_the_key() -> None:
    def handler(path: str, query: Query) -> Raw:
        if path.endswith("discovery.json"):
            return as_json({"endpoints": [{"url": "https://api.elsewhere.example/v2"}]})
        return plain([service("a", "A")])(path, query)

    server = Server(handler)
    endpoint, _ = found_at(client(server, key="s3cret"), None)

    assert endpoint.base == "https://api.elsewhere.example/v2"
    assert endpoint.notes == (
        "Discovery names an endpoint on another host, api.elsewhere.example.",
    )
    assert "api_key" in server.raw[0]
    assert server.raw[-1] == "https://api.elsewhere.example/v2/services.json"
