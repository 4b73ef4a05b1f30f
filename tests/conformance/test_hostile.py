"""What a hostile server can do to who runs the suite: nothing."""

import gzip
import json
import signal
import socket
import threading
import zlib
from collections.abc import Callable

import pytest

from cli.conformance.exchange import Answer, Ask, Exchange, NoAnswer
from cli.conformance.model import Verdict
from cli.conformance.reading import JSON, XML, Unreadable, json_value, rows, xml_root
from cli.conformance.run import Nobody, Request, Run
from tests.conformance.hostile import OK, drips, head, hostile, pours, says
from tests.conformance.reference import Asked, Reference, Reply, served
from tests.conformance.suite import looked
from tests.conformance.wild import wild

SMALL = Exchange(seconds=5, most_bytes=100_000)
SHORT = Exchange(seconds=0.3, most_bytes=100_000)


def ask(url: str, fmt: str = JSON) -> Ask:
    return Ask(url=f"{url}/services.{fmt}", fmt=fmt)


def an_answer(body: bytes, fmt: str = JSON) -> Answer:
    return Answer(ask=ask("http://x", fmt), status=200, headers={}, body=body, seconds=0)


# --- bytes and seconds ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "deed",
    [
        pours(OK + b"\r\n", b"x" * 65536),
        pours(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b"x" * 0x4000 + b"\r\n"),
        pours(OK + b"Content-Length: 99999999999\r\n\r\n", b"x" * 65536),
    ],
    ids=["without an end", "in chunks", "with its length"],
)
def test_a_giant_is_cut_off(deed: Callable[..., None]) -> None:
    with hostile(deed) as url, pytest.raises(NoAnswer, match="longer than 100,000 bytes"):
        SMALL(ask(url))


@pytest.mark.parametrize(
    "deed",
    [
        drips(OK + b"Content-Length: 99999\r\n\r\n", b" "),
        drips(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        drips(b"HTTP/1.1 200 ", b"O"),
        drips(b"", b""),
        drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
    ids=["body", "header", "status", "silence", "chunks"],
)
def test_a_drip_is_over_when_its_time_is(deed: Callable[..., None]) -> None:
    with hostile(deed) as url, pytest.raises(NoAnswer, match=r"after 0\.3 s|silent for 0\.3 s"):
        SHORT(ask(url))


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (says(b"SMTP ready\r\n"), "broke off"),
        (says(b""), "broke off"),
        (says(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"), "broke off"),
        (says(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 99999 + b"\r\n\r\n"), "broke off"),
        (says(OK + b"Content-Length: 50\r\n\r\n[]"), "broke off"),
        (says(OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n"), "broke off"),
        (says(OK + b"Content-Encoding: gzip\r\n\r\n[]"), "it is not"),
    ],
    ids=["no http", "nothing", "headers", "long header", "half a body", "bad chunk", "no gzip"],
)
def test_what_is_no_answer_is_said_to_be_none(deed: Callable[..., None], reason: str) -> None:
    with hostile(deed) as url, pytest.raises(NoAnswer, match=reason):
        SMALL(ask(url))


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"

    with pytest.raises(NoAnswer, match="refused"):
        SMALL(ask(url))


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"x" * 50_000_000)),
        ("deflate", zlib.compress(b"x" * 50_000_000)),
    ],
)
def test_a_packed_bomb_does_not_unfold(coding: str, packed: bytes) -> None:
    # The cap on packed bytes is not what stops it.
    assert len(packed) < SMALL.most_bytes
    deed = says(OK + f"Content-Encoding: {coding}\r\n\r\n".encode(), packed)

    with hostile(deed) as url, pytest.raises(NoAnswer, match="unpacked, it is longer"):
        SMALL(ask(url))


def test_a_packed_answer_is_read() -> None:
    deed = says(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"[1]"))

    with hostile(deed) as url:
        assert SMALL(ask(url)).body == b"[1]"


# --- led elsewhere --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/x",
        "//elsewhere.example/x",
        "http://127.0.0.1:1/x",
        "file:///etc/hostname",
        "https://127.0.0.1:8443/x",
    ],
)
def test_it_does_not_go_to_another_host(target: str) -> None:
    deed = says(f"HTTP/1.1 302 Found\r\nLocation: {target}\r\n\r\n".encode())

    with hostile(deed) as url, pytest.raises(NoAnswer, match="where this suite does not go"):
        SMALL(ask(url))


def test_a_circle_ends() -> None:
    deed = says(b"HTTP/1.1 301 Moved\r\nLocation: /open311/v2/services.json\r\n\r\n")

    with hostile(deed) as url, pytest.raises(NoAnswer, match="on and on"):
        SMALL(ask(url))


def test_a_turn_on_the_same_host_is_taken() -> None:
    def deed(caller: socket.socket, _: threading.Event) -> None:
        there = b"GET /there " in head(caller)
        caller.sendall(OK + b"\r\n[]" if there else b"HTTP/1.1 307 T\r\nLocation: /there\r\n\r\n")

    with hostile(deed) as url:
        answer = SMALL(ask(url))

    assert (answer.status, answer.body) == (200, b"[]")
    assert answer.ask.fmt == JSON


def test_a_post_is_never_sent_again_elsewhere() -> None:
    deed = says(b"HTTP/1.1 307 T\r\nLocation: /there\r\n\r\n")
    post = Ask(url="", method="POST", body=b"a=b", headers={"Content-Type": "text/plain"})

    with hostile(deed) as url, pytest.raises(NoAnswer, match="does not go"):
        SMALL(Ask(url=url, method=post.method, body=post.body, headers=post.headers))


def test_a_refusal_before_the_end_of_a_large_body_is_heard() -> None:
    refusal = b'[{"code": 400, "description": "That is too large for us."}]'

    def deed(caller: socket.socket, over: threading.Event) -> None:
        head(caller)
        caller.sendall(b"HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\n\r\n" + refusal)
        caller.shutdown(socket.SHUT_WR)
        while not over.is_set() and caller.recv(1 << 20):
            pass

    with hostile(deed) as url:
        answer = SMALL(Ask(url=url, method="POST", body=b"x" * 3_000_000))

    assert (answer.status, answer.body) == (400, refusal)


# --- documents ------------------------------------------------------------------------------------

LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10)
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [' + LAUGHS + b"]><x>&l9;</x>", "document type"),
        (b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>', "document type"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>', "document type"),
        (b"<a>" * 200_000, "no XML"),
        (b"<a>" * 5000 + b"</a>" * 5000, "without end"),
        (b'<?xml version="1.0" encoding="utf-8"?><x>\xe9</x>', "no XML"),
        (b'<?xml version="1.0" encoding="no-such"?><x/>', "no XML"),
        (b'<?xml version="1.0" encoding="utf-16"?><x/>', "no XML"),
        (b"<x>\x00</x>", "no XML"),
        (b"", "no XML"),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else "",
)
def test_xml_that_hurts_is_not_read(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        xml_root(an_answer(body, XML))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[" * 200_000, "without end|no JSON"),
        (b'{"a":' * 100_000, "without end|no JSON"),
        (b"9" * 100_000, "no JSON"),
        (b"[NaN]", "no JSON"),
        (b"[-Infinity]", "no JSON"),
        (b'"\xe9"', "not UTF-8"),
        (b"\xff\xfe[\x00]\x00", "not UTF-8"),
        (b'["\\ud83d"]', "half a character"),
        (b"\xef\xbb\xbf[]", "no JSON"),
        (b"", "no JSON"),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else "",
)
def test_json_that_hurts_is_not_read(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        json_value(an_answer(body))


def test_a_whole_emoji_may_be_escaped() -> None:
    assert json_value(an_answer(b'"\\ud83d\\ude00"')) == "\U0001f600"


def test_xml_in_another_encoding_that_says_so_is_read() -> None:
    body = '<?xml version="1.0" encoding="iso-8859-1"?><a><b>é</b></a>'.encode("latin-1")

    assert rows(an_answer(body, XML), "a") == [{"b": "é"}]


# --- whole runs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_answers_without_sense_break_no_rule_of_the_suite(seed: int) -> None:
    with served(wild(seed, odds=(0.004, 0.02, 0.1, 0.4)[seed % 4])) as url:
        report = looked(url, post=seed % 2 == 0, lat="40.5", long="-75.5")

    broken = [
        (each.rule.id, each.words) for each in report.results if each.verdict is Verdict.FAULT
    ]
    assert broken == []
    assert len(report.results) == 83


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"null", b"7", b'"x"', b"[[[]]]", b"{}", b"[null]", b"\xff" * 99]
)
def test_one_body_for_everything_breaks_no_rule_of_the_suite(body: bytes) -> None:
    server = Reference()
    server.before.append(lambda _: Reply(200, body, {"Content-Type": "application/json"}))

    with served(server) as url:
        report = looked(url, post=False)

    verdicts = {each.verdict for each in report.results}
    assert Verdict.FAULT not in verdicts
    assert Verdict.FAIL in verdicts


def test_a_server_that_falls_silent_is_left_alone() -> None:
    server = Reference()

    def before(asked: Asked) -> Reply | None:
        late = len(server.seen) > 20
        return Reply(200, b"", {"Content-Encoding": "gzip"}) if late else None

    server.before.append(before)
    with served(server) as url:
        run = Run(Request(url=url), sleep=lambda _: None)
        for _, look in run.steps():
            look()

    results = run.report().results
    gone = [each for each in results if "stopped answering" in each.words]
    assert sum("no answer to" in each.words for each in results) == 3
    assert len(gone) == 34
    assert all(each.verdict is Verdict.SKIP for each in gone)


def test_a_server_that_always_throttles_is_waited_for_and_given_up() -> None:
    server, waited = Reference(), list[float]()

    def before(asked: Asked) -> Reply | None:
        if len(server.seen) <= 2:
            return None
        reply = server.errors(429, ["Please wait a little."], asked.fmt)
        reply.headers["Retry-After"] = "99999"
        return reply

    server.throttle_at = 0
    server.before.append(before)
    with served(server) as url:
        run = Run(Request(url=url, only=("F6", "T1", "L5")), sleep=waited.append)
        results = [look() for _, look in run.steps()]

    assert {each.verdict for each in results} == {Verdict.SKIP}
    assert "429" in results[0].words
    assert waited == [60.0] * 9


def test_a_word_without_an_end_does_not_hold_the_suite_up() -> None:
    """Whoever looks for mail addresses letter by letter and anew would be at it for hours."""
    server = Reference()
    server.all()[0]["description"] = "a" * 1_000_000

    def too_long(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(60)
    try:
        with served(server) as url:
            [result] = looked(url, "L13", post=False).results
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)

    assert result.verdict is Verdict.PASS


def test_nobody_is_exit_code_2() -> None:
    with hostile(says(b"no")) as url, pytest.raises(Nobody) as caught:
        Run(Request(url=url))

    assert caught.value.code == 2


def test_an_address_without_services_is_nobody() -> None:
    with served(Reference()) as url, pytest.raises(Nobody, match=r"before /services\.xml"):
        Run(Request(url=url.removesuffix("/v2")))


def test_one_dead_format_is_not_the_end() -> None:
    server = Reference()
    server.before.append(
        lambda asked: (
            Reply(200, b"x", {"Content-Encoding": "gzip"}) if asked.fmt == "json" else None
        )
    )

    with served(server) as url:
        [result] = looked(url, "S1", post=False).results

    assert result.verdict is Verdict.WARN
    assert json.dumps([str(each) for each in result.warnings[0].clients]).count("OneBusAway") == 1
