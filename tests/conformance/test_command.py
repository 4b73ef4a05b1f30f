"""`city311 conformance` as it is typed: what it asks, sends, writes and answers."""

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.conformance.registry import GROUPS
from cli.main import app
from tests.conformance.reference import KEY, Asked, Reference, Reply, served

Look = Callable[..., Result]


@pytest.fixture
def server() -> Reference:
    made = Reference()
    made.throttle_at = 0
    return made


@pytest.fixture
def url(server: Reference) -> Iterator[str]:
    with served(server) as found:
        yield found


@pytest.fixture
def look(url: str) -> Look:
    def looked(*options: str, at: str = url, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, ["conformance", at, *options], input=stdin)

    return looked


def posted(server: Reference) -> list[Asked]:
    return [asked for asked in server.seen if asked.method != "GET"]


# --- reading alone ---------------------------------------------------------------------------


def test_it_only_reads_unless_told_otherwise(look: Look, server: Reference) -> None:
    result = look("--api-key", KEY)

    assert result.exit_code == 0
    assert posted(server) == []
    assert "skip  P1   MUST   A report comes as" in result.stdout
    assert "it sends a POST: run this with --post" in result.stdout
    assert "83 rules" in result.stdout


def test_the_key_goes_with_reports_alone_and_into_no_output(
    look: Look, server: Reference, tmp_path: Path
) -> None:
    def echo(asked: Asked, reply: Reply) -> Reply:
        # A server that repeats what it got, the key included.
        told = f"wrong: {asked.raw_query} {asked.body.decode('utf-8', 'replace')} {KEY}"
        return server.errors(400, [told], asked.fmt) if asked.method == "POST" else reply

    server.after.append(echo)
    page, plain = tmp_path / "r.html", tmp_path / "r.json"
    options = ["--post", "--yes", "--api-key", KEY, "--only", "P,E"]
    result = look(*options, "--skip", "P24", "--json", str(plain), "--html", str(page))

    assert result.exit_code == 1
    reads = [asked for asked in server.seen if asked.method == "GET"]
    assert all(KEY not in asked.raw_query + str(asked.headers) for asked in reads)
    assert any(KEY.encode() in asked.body for asked in posted(server))
    for text in (result.output, page.read_text(), plain.read_text()):
        assert KEY not in text
        assert "(the key)" in text


def test_the_key_may_come_from_the_environment(
    look: Look, server: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITY311_CONFORMANCE_KEY", KEY)

    assert look("--post", "--yes", "--only", "P1").exit_code == 0
    assert KEY.encode() in posted(server)[0].body


def test_jurisdiction_is_sent_with_every_call(look: Look, server: Reference) -> None:
    result = look("--jurisdiction", "city.example", "--only", "S1,S8,L8")

    assert result.exit_code == 0
    v2 = [asked for asked in server.seen if "discovery" not in asked.path]
    assert all("jurisdiction_id=city.example" in asked.raw_query for asked in v2)


def test_discovery_may_be_elsewhere(look: Look, server: Reference, url: str) -> None:
    server.before.append(
        lambda asked: (
            server.errors(404, ["Not here."], asked.fmt) if "discovery" in asked.path else None
        )
    )
    assert look("--only", "D1").exit_code == 1

    with served(Reference()) as other:
        result = look("--only", "D1", "--discovery", f"{other}/discovery.xml")

    assert result.exit_code == 0


# --- which rules -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--only", "D4"], {"D4"}),
        (["--only", "d4, t1", "--only", "I1"], {"D4", "T1", "I1"}),
        (["--only", "T,F6"], {"T1", "T2", "T3", "F6"}),
        (["--only", "T", "--skip", "T2"], {"T1", "T3"}),
        (["--skip", "D,S,F,P,T,L,I,U", "--skip", "E1"], {"E2", "E3", "E4", "E5", "E6"}),
    ],
)
def test_rules_are_chosen(look: Look, options: list[str], wanted: set[str]) -> None:
    report = json.loads(look(*options, "--json", "-").stdout)

    assert {each["id"] for each in report["rules"]} == wanted


# --- posting ---------------------------------------------------------------------------------


def test_it_says_what_it_files_and_takes_no_for_an_answer(look: Look, server: Reference) -> None:
    result = look("--post", "--api-key", KEY, stdin="n\n")

    assert result.exit_code == 2
    assert posted(server) == []
    told = " ".join(result.stderr.split())
    assert "about 28 reports with the city, each marked as a test" in told
    assert "services: other, street, slow (most of them: other)" in told
    assert "place: 40.5, -75.5; address: 0 Main Street" in told
    assert "Nothing was filed" in told


def test_nobody_to_ask_is_no(look: Look, server: Reference) -> None:
    result = look("--post", "--api-key", KEY, stdin="")

    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert posted(server) == []


def test_the_number_it_says_is_the_number_it_files(look: Look, server: Reference) -> None:
    before = len(server.requests)
    options = ["--post", "--api-key", KEY, "--json", "-", "--fact", "closed_request=Q7XK06"]
    result = look(*options, "--skip", "T,P24", stdin="y\n")

    report = json.loads(result.stdout[result.stdout.index("{") :])
    filed = {each["service_request_id"] for each in report["filed"]}
    new = {id_ for id_ in server.requests if id_.startswith("NEW")}
    # P5 files one where no key is needed, and none here.
    assert "about 26 reports" in result.stderr
    assert len(server.requests) - before == 25
    assert filed == new


def test_every_report_says_that_it_is_a_test(look: Look, server: Reference) -> None:
    look("--post", "--yes", "--api-key", KEY, "--skip", "T,P24")

    new = [row for id_, row in server.requests.items() if id_.startswith("NEW")]
    assert new
    for row in new:
        assert row["description"].startswith("TEST of the Open311 interface, please ignore.")
    sent = [row for row in server.updates if row["update_id"] not in ("u-1", "u-2")]
    assert sent
    assert all(row["description"].startswith("TEST of the Open311") for row in sent)


def test_with_a_service_no_other_gets_a_report(look: Look, server: Reference) -> None:
    look("--post", "--yes", "--api-key", KEY, "--service", "street", "--skip", "P24")

    sent = [asked.body for asked in posted(server) if b"service_code=" in asked.body]
    assert sent
    named = [body for body in sent if b"service_code=street" not in body]
    # P6 asks for no service, and for one that nobody has.
    assert all(b"service_code=&" in body or b"no-such-service" in body for body in named)


def test_a_place_is_where_it_is_told(look: Look, server: Reference) -> None:
    look("--post", "--yes", "--api-key", KEY, "--lat", "40.9", "--long", "-75.1", "--only", "P1")

    [(_, row)] = [each for each in server.requests.items() if each[0].startswith("NEW")]
    assert (row["lat"], row["long"]) == (40.9, -75.1)


def test_an_endpoint_for_tests_is_pointed_out(look: Look, server: Reference) -> None:
    found = server.discovery()
    found["endpoints"][1]["url"] = "https://test.city.example/open311/v2"
    server.discovery = lambda: found  # type: ignore[method-assign]

    result = look("--post", "--api-key", KEY, stdin="n\n")

    assert "endpoint for tests: https://test.city.example/open311/v2" in result.stderr


# --- called wrongly --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "options", "words"),
    [
        ("ftp://x.example", [], "is no address"),
        ("x.example/open311", [], "is no address"),
        ("http://x.example/v2", ["--api-key", "k"], "not encrypted"),
        ("https://x.example/v2?api_key=k", [], "without a query"),
        ("https://me:secret@x.example/v2", [], "without a query"),
        ("http://127.0.0.1:1/v2", [], "no list of services"),
        (None, ["--only", "Z9"], "no rule Z9"),
        (None, ["--only", "D1", "--skip", "D"], "No rule is left"),
        (None, ["--lat", "40"], "needs both"),
        (None, ["--lat", "north", "--long", "1"], "degrees"),
        (None, ["--lat", "91", "--long", "1"], "degrees"),
        (None, ["--fact", "private_request"], "is no fact"),
        (None, ["--fact", "colour=red"], "is no fact"),
        (None, ["--post", "--service", "gone"], "no service gone"),
        (None, ["--discovery", "nowhere"], "is no address"),
    ],
)
def test_called_wrongly_is_exit_code_2_and_nothing_is_filed(
    look: Look, server: Reference, url: str, at: str | None, options: list[str], words: str
) -> None:
    result = look(*options, at=at or url)

    assert result.exit_code == 2, result.output
    assert words in " ".join(result.stderr.split())
    assert posted(server) == []


def test_without_a_place_nothing_is_filed(look: Look, server: Reference) -> None:
    server.requests.clear()

    result = look("--post", "--yes", "--api-key", KEY)

    assert result.exit_code == 2
    assert "--lat and --long" in result.stderr
    assert posted(server) == []


def test_the_end_of_the_address_may_be_left_on(look: Look, url: str) -> None:
    assert look("--only", "S1", at=f"{url}/services.json").exit_code == 0
    assert look("--only", "S1", at=f"{url}/").exit_code == 0


# --- reports ---------------------------------------------------------------------------------


def test_a_failure_is_shown_with_what_was_asked_expected_and_came(
    look: Look, server: Reference
) -> None:
    server.check_jurisdiction = lambda asked: None  # type: ignore[method-assign]

    result = look("--only", "S7,S1")

    assert result.exit_code == 1
    told = " ".join(result.stdout.split())
    assert "fail S7 MUST Another city's jurisdiction_id is 404." in told
    assert "asked: GET /open311/v2/services.xml?jurisdiction_id=nowhere.invalid" in told
    assert "expected: status 404 came: 200:" in told
    assert "no, because of rule S7" in told
    assert "1 of the failed ones are MUST" in told


def test_the_report_for_programs(look: Look, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    result = look("--only", "S,T", "--json", str(file))
    report = json.loads(file.read_text())

    assert result.exit_code == 0
    assert report["format"] == 1
    assert report["passed"] is True
    assert report["counts"] == {"pass": 9, "skip": 3}
    assert report["formats"] == ["xml", "json"]
    rules = {each["id"]: each for each in report["rules"]}
    assert rules["S5"]["verdict"] == "skip"
    assert rules["S5"]["by_hand"] == [
        "Name one with --fact staff_service=CODE, and it is looked for."
    ]
    [evidence, *_] = rules["S7"]["evidence"]
    assert evidence["request"].startswith("GET /open311/v2/services.xml")
    assert evidence["holds"] is True
    works = {each["client"]: each["works"] for each in report["clients"]}
    assert works["FixMyStreet, exchanging updates"] == "not looked at"
    assert works["r311 (R)"] == works["OneBusAway"] == "so far"
    [r311] = [each for each in report["clients"] if each["client"] == "r311 (R)"]
    assert {"F1", "L1"} < set(r311["not_looked_at"])


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_stands_alone_and_shows_hostile_words_as_words(
    look: Look, server: Reference, tmp_path: Path
) -> None:
    nasty = '<script>alert(1)</script><img src=x onerror="alert(2)">\x1b[31m'
    rows = [{**each, "type": nasty} for each in server.services()]
    server.offered = lambda query: rows  # type: ignore[method-assign]
    file = tmp_path / "report.html"

    look("--html", str(file))
    text = file.read_text()
    page = Page(text)

    assert nasty.replace("\x1b", "") in page.text
    assert {tag for tag, _ in page.tags} & {"script", "img", "link", "iframe", "object"} == set()
    loads = [attrs for _, attrs in page.tags if {"src", "onerror", "onclick"} & set(attrs)]
    assert loads == []
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    links = [str(attrs["href"]) for tag, attrs in page.tags if tag == "a"]
    assert links
    assert all(link[1:] in ids for link in links)
    articles = [attrs["id"] for tag, attrs in page.tags if tag == "article"]
    assert len(articles) == len(set(articles)) == 83
    assert len(ids) == len(set(ids))
    assert [f"#group-{letter}" for letter in GROUPS] == [
        link for link in links if link.startswith("#group-")
    ]
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert '<html lang="en">' in text


def test_words_that_steer_a_terminal_do_not_reach_it(look: Look, server: Reference) -> None:
    rows = [{**each, "type": "\x1b]0;gone\x07[red]x[/red]"} for each in server.services()]
    server.offered = lambda query: rows  # type: ignore[method-assign]

    result = look("--only", "S2")

    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout
    assert "[red]x[/red]" in result.stdout
