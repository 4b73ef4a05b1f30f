"""The pages: their logic run by Node, and what the build makes of their sources."""

import gzip
import hashlib
import itertools
import json
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from city311.api.catalogue import CityOut
from city311.api.reads import OwnOut, PublicOut
from city311.domain import ids
from city311.domain.lifecycle import PublicStatus, Role, Status, commands_from
from city311.domain.outcomes import OutcomeKind
from city311.domain.projection import public_view
from city311.domain.request import Photo
from city311.usecases.reading import PrivateView, TimelineEntry
from city311.usecases.word import MAX_WORDS
from tests.builders import NOON, a_request
from tests.towns import TOWN
from web.build import build
from web.node import NodeMissingError, node, run

HERE = Path(__file__).parent
BUDGET = 20_000
"""Bytes, packed: HTML, style, script and icon of a first visit."""

try:
    node()
except NodeMissingError as missing:
    pytest.skip(str(missing), allow_module_level=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("web") / "site")


def pages(site: Path) -> dict[str, str]:
    return {str(path.relative_to(site)): path.read_text() for path in sorted(site.rglob("*.html"))}


def readings() -> list[tuple[str, str | None]]:
    """Texts as people type them, and what the city reads in them."""
    throws = itertools.count()
    typed: list[str] = ["", "e" * 9, "\u00e9" * 9, "\uff17H2K9MQ4X"]
    for _ in range(100):
        each = ids.new_request_id(lambda n: hashlib.sha256(b"%d" % next(throws)).digest()[:n])
        swapped = each[1] + each[0] + each[2:]
        spoken = each.replace("0", "O").replace("1", "l")
        split = f" {each[:4]}-{each[4:8]} {each[8]} "
        typed += [
            each,
            each.lower(),
            split,
            spoken,
            swapped,
            each[:-1],
            f"{each}0",
            f"{each[:-1]}U",
        ]
    return [(text, ids.read_request_id(text)) for text in typed]


def answers() -> dict[str, Any]:
    """What the API's own models make of a resolved request, and every word that it can say."""
    photo = Photo(
        photo_id="P",
        thumb="photos/a/thumb.jpg",
        medium="photos/a/medium.jpg",
        large="photos/a/large.jpg",
    )
    request = a_request(Status.RESOLVED, photos=("P", "Q"), shown=(photo,))
    private = PrivateView(
        request=request,
        service_name="Pothole",
        department_name="Streets",
        timeline=(TimelineEntry(at=NOON, words="received", note=None),),
        can=commands_from(Status.RESOLVED, Role.RESIDENT),
    )
    told = {status.value for status in Status} | {"reopened", "escalated", "photo", "comment"}
    return {
        "own": OwnOut.model_validate(private).model_dump(mode="json"),
        "anybody": PublicOut.model_validate(public_view(request, TOWN)).model_dump(mode="json"),
        "city": CityOut.of(TOWN, "es").model_dump(mode="json"),
        "told": sorted(told),
        "outcomes": list(OutcomeKind),
        "statuses": list(PublicStatus),
        "most": MAX_WORDS,
    }


def test_the_logic_of_the_pages(tmp_path: Path) -> None:
    vectors = tmp_path / "ids.json"
    vectors.write_text(json.dumps(readings()))
    answered = tmp_path / "answers.json"
    answered.write_text(json.dumps(answers()))
    told = {"CITY311_IDS": str(vectors), "CITY311_ANSWERS": str(answered)}

    done = subprocess.run(
        [str(node()), "--test", *sorted(str(path) for path in HERE.glob("*.test.ts"))],
        env={**os.environ, **told, "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"skipped 0$", done.stdout, re.MULTILINE), done.stdout


def test_the_same_sources_make_the_same_bytes(site: Path, tmp_path: Path) -> None:
    again = build(tmp_path / "again")

    made = {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*.*")}
    remade = {str(path.relative_to(again)): path.read_bytes() for path in again.rglob("*.*")}
    assert made == remade
    assert {"index.html", "track/index.html", "404.html", "robots.txt"} < set(made)


def test_a_build_that_changes_nothing_touches_nothing(site: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}

    build(site)

    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before


def test_what_does_not_belong_is_removed(tmp_path: Path) -> None:
    site = build(tmp_path / "site")
    (site / "assets" / "old-0000000000.js").write_text("alert(1)")

    build(site)

    assert not (site / "assets" / "old-0000000000.js").exists()


def test_a_broken_source_stops_the_build_and_says_where(tmp_path: Path) -> None:
    copy = tmp_path / "web"
    (copy / "src").mkdir(parents=True)
    source = HERE.parent.parent / "web"
    (copy / "build.ts").write_text((source / "build.ts").read_text())
    (copy / "package.json").write_text('{"type": "module"}')
    for path in (source / "src").iterdir():
        (copy / "src" / path.name).write_text(path.read_text())
    page = copy / "src" / "404.html"
    page.write_text(page.read_text().replace("lost.more", "lost.nothing"))

    with pytest.raises(subprocess.CalledProcessError) as problem:
        run("build.ts", folder=copy)

    assert "There is no text lost.nothing" in problem.value.stderr
    assert not (copy / "site").exists()


@pytest.mark.parametrize("name", ["index.html", "track/index.html", "404.html"])
def test_a_first_visit_is_small(site: Path, name: str) -> None:
    html = (site / name).read_text()
    loaded = re.findall(r'(?:src|href)="(/assets/[^"]+)"', html)

    size = sum(
        len(gzip.compress((site / path.lstrip("/")).read_bytes(), mtime=0)) for path in set(loaded)
    )

    assert len(set(loaded)) == 3
    assert size + len(gzip.compress(html.encode(), mtime=0)) < BUDGET


def test_names_of_assets_say_what_is_in_them(site: Path) -> None:
    for path in (site / "assets").iterdir():
        mark = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
        assert path.stem.endswith(f"-{mark}"), path


class Reader(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_pages_need_no_exception_from_a_strict_policy(site: Path) -> None:
    for name, html in pages(site).items():
        reader = Reader(html)
        assert "<style" not in html, name
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), name
        for tag, attributes in reader.tags:
            assert not {a for a in attributes if a.startswith("on") or a == "style"}, (name, tag)
            for address in (
                attributes.get("src"),
                attributes.get("href"),
                attributes.get("action"),
            ):
                assert not address or re.match(r"[/#](?!/)", address), (name, address)


def test_scripts_make_no_markup_and_know_no_other_site(site: Path) -> None:
    for path in (site / "assets").glob("*.js"):
        script = path.read_text()
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", script
        ), path
        assert "://" not in script, path


def test_every_page_says_its_language_title_and_heading(site: Path) -> None:
    titles = set()
    for name, html in pages(site).items():
        reader = Reader(html)
        assert reader.all("html") == [{"lang": "en"}], name
        assert len(reader.all("h1")) == len(reader.all("main")) == len(reader.all("title")) == 1, (
            name
        )
        assert {"name": "referrer", "content": "no-referrer"} in reader.all("meta"), name
        found = re.search("<title>(.+)</title>", html)
        assert found, name
        titles.add(found[1])
        known = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
        assert len(known) == len(set(known)), name
    assert len(titles) == 3


def test_the_private_page_is_in_no_index_and_speaks_without_script(site: Path) -> None:
    html = (site / "track" / "index.html").read_text()

    assert '<meta name="robots" content="noindex, nofollow">' in html
    assert "Disallow: /track/" in (site / "robots.txt").read_text()
    quiet = re.search("<noscript>(.+)</noscript>", html, re.DOTALL)
    assert quiet
    assert "Call 311" in quiet[1]
    assert "Llame al 311" in quiet[1]
