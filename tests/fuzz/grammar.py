"""How Open311 might be called: by clients, by bad clients, and by nobody."""

import json
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.functions.town import INSIDE
from tests.fuzz.planted import API_KEY, CAPABILITY, TOLD
from tests.open311.test_multipart import B, a_body

NUMBER = "{number}"
"""Stands for the id of the request that is there."""
FORM = "application/x-www-form-urlencoded"
PARTS = f"multipart/form-data; boundary={B}"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Call:
    """One call."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes | None


text = st.text(max_size=30)
latin = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
odd = st.sampled_from(
    [
        *(
            "",
            " ",
            "0",
            "-1",
            "1e309",
            "nan",
            "null",
            "true",
            "[]",
            "{}",
            "%",
            "%00",
            "\x00",
            "\r\n",
        ),
        *("..", "../../etc/passwd", "<x>", "]]>", "'\"", "a" * 5000, "🕳", "\ud800", "\ufffe"),
        *("9" * 400, "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
    ]
)
times = st.one_of(
    st.datetimes().map(lambda at: at.isoformat()),
    st.sampled_from(
        [
            *("2026-11-01T00:00:00Z", "2026-11-01T00:00:00+02:00", "2026-11-01T00:00:00 02:00"),
            *("2026-11-01", "2026-11-01T00:00:00.5Z", "yesterday"),
        ]
    ),
)
numbers = st.one_of(
    st.integers(-200, 2000).map(str),
    st.floats(allow_nan=False).map(str),
    st.sampled_from(["40.02", "-75.08", "40", "0", "1000", "NaN", "4e1"]),
)
ids = st.one_of(
    st.sampled_from([NUMBER, f"{NUMBER},{NUMBER}", f"{NUMBER},000000000", "", ","]),
    st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=9, max_size=9),
    st.lists(st.text("0123456789abc", max_size=9), max_size=60).map(",".join),
)
codes = st.sampled_from(
    ["tree", "pothole", "lamp", "noise", "sweep", "sign", "unknown", "tree,lamp"]
)
PARAMETERS = {
    "jurisdiction_id": st.sampled_from(["larkmere.example", "LARKMERE.example", "other", ""]),
    "api_key": st.sampled_from([API_KEY, "", "x"]),
    "service_request_id": ids,
    "service_code": codes,
    "status": st.sampled_from(["open", "closed", "open,closed", "OPEN", "", "late", "open,,"]),
    **dict.fromkeys(("start_date", "end_date", "updated_after", "updated_before"), times),
    **dict.fromkeys(("page", "page_size", "per_page", "limit", "lat", "long", "radius"), numbers),
    "bbox": st.lists(numbers, max_size=5).map(",".join),
    "q": text,
    "extensions": st.sampled_from(["true", "false", "notes", "all", ""]),
    "locale": st.sampled_from(["es", "en", "xx", ""]),
    "agency_responsible": text,
    "group": text,
    "keywords": text,
    "cursor": text,
    "after": text,
}


ANYTHING = st.one_of(text, odd)
NOW_AND_THEN = st.integers(0, 9).map(lambda thrown: thrown == 0)


def pairs_of(offered: dict[str, st.SearchStrategy[str]], most: int) -> st.SearchStrategy[Pairs]:
    """Some of what is offered, in any order, one of four values odd."""
    each = [
        st.tuples(st.just(name), st.one_of(value, value, value, odd))
        for name, value in sorted(offered.items())
    ]
    return st.lists(st.one_of(*each), max_size=most)


ASKED = pairs_of(PARAMETERS, 4)


@st.composite
def queries(draw: st.DrawFn) -> str:
    pairs = draw(ASKED)
    if draw(NOW_AND_THEN):
        pairs = [*pairs, (draw(ANYTHING), draw(ANYTHING))]
    return _encoded(pairs)


SEGMENTS = ["discovery", "services", "requests", "servicerequestupdates", "capabilities"]
SUFFIXES = [".json", ".xml", "", ".JSON", ".Xml", ".csv", ".json.xml", ".", "/", ".xml/", ".json//"]


STARTS = st.sampled_from(["/open311/v2/"] * 8 + ["/open311/v2//", "/open311//v2/", "/open311/"])
KINDS = st.integers(0, 11)
ENDS = st.sampled_from([".json", ".xml", *SUFFIXES])
DOORS = st.sampled_from(["/open311", "/open311/", "/open311/discovery.xml"])
NONSENSE = st.lists(ANYTHING, min_size=1, max_size=3)
LISTS = st.sampled_from(["requests", *SEGMENTS])
CODES = st.one_of(codes, ANYTHING)
TOKENS = st.one_of(ids, text)
NUMBERS = st.one_of(st.just(NUMBER), ids, ANYTHING)


@st.composite
def paths(draw: st.DrawFn) -> str:
    kind, start, suffix = draw(KINDS), draw(STARTS), draw(ENDS)
    if kind == 0:
        return draw(DOORS)
    if kind == 1:
        return "/open311/" + "/".join(_quoted(each) or "x" for each in draw(NONSENSE))
    if kind < 6:
        return start + draw(LISTS) + suffix
    if kind < 8:
        return f"{start}services/{_quoted(draw(CODES)) or 'x'}{suffix}"
    if kind == 8:
        return f"{start}tokens/{_quoted(draw(TOKENS)) or 'x'}{suffix}"
    return f"{start}requests/{_quoted(draw(NUMBERS)) or 'x'}{suffix}"


HEADERS: dict[str, st.SearchStrategy[str]] = {
    "Accept": st.sampled_from(["application/json", "text/xml", "*/*", "text/html", "json", ""]),
    "Accept-Language": st.one_of(
        st.sampled_from(["es", "en;q=0.5, es", "es;q=9", "*", "xx-yy-zz"]), latin
    ),
    "If-None-Match": st.one_of(st.sampled_from(["*", '"x"', 'W/"x", "y"', '"']), latin),
    "X-API-Key": st.sampled_from([API_KEY, "", "x"]),
    "Authorization": st.sampled_from([f"Bearer {API_KEY}", "Bearer ", "Basic eDp5", API_KEY]),
    "X-City311-Key": st.sampled_from([CAPABILITY, ""]),
    "Idempotency-Key": st.one_of(latin, st.just("k" * 256)),
    "Origin": st.just("https://elsewhere.example"),
    "Range": st.just("bytes=0-10"),
}
headers = st.lists(
    st.one_of(*(st.tuples(st.just(name), value) for name, value in HEADERS.items())), max_size=4
).map(dict)
FIELDS = {
    "service_code": codes,
    "lat": st.one_of(st.just(INSIDE["lat"]), numbers),
    "long": st.one_of(st.just(INSIDE["long"]), numbers),
    "address_string": text,
    "address_id": st.sampled_from(["42", "#NOTPINPOINTED#", ""]),
    "description": st.one_of(text, st.text(max_size=400), st.just("fire and gas leak")),
    "media_url": st.sampled_from(
        ["https://a.example/1.jpg", "ftp://x", "data:image/png;base64,AAAA", "javascript:alert(1)"]
    ),
    "media": st.one_of(st.sampled_from(["/9j/4AAQ", "iVBORw0KGgo="]), text),
    "attribute[1]": st.sampled_from(["yes", "no", "maybe", ""]),
    "attribute[2][]": st.sampled_from(["yes", "no", "maybe", ""]),
    "attribute[3]": numbers,
    "attribute[4]": times,
    "attribute[10]": st.sampled_from(["yes", "no"]),
    "attribute[easting]": numbers,
    "jurisdiction_id": PARAMETERS["jurisdiction_id"],
    "api_key": PARAMETERS["api_key"],
    "update_id": st.sampled_from(["1", "2", ""]),
    "service_request_id": ids,
    "status": st.sampled_from(["OPEN", "CLOSED", "FIXED", "REOPEN", "x"]),
    "updated_datetime": times,
    "_charset_": st.sampled_from(["utf-8", "iso-8859-1", "x"]),
    **{name: st.just(value) for name, value in TOLD.items()},
}


SOUND: Pairs = [("service_code", "tree"), *INSIDE.items()]
FILLED = pairs_of(FIELDS, 8)


@st.composite
def forms(draw: st.DrawFn) -> Pairs:
    pairs = [*(SOUND if draw(st.booleans()) else ()), *draw(FILLED)]
    if draw(NOW_AND_THEN):
        pairs.append((draw(ANYTHING), draw(ANYTHING)))
    return pairs


CLAIMS = st.sampled_from([FORM, PARTS, "application/json", "text/plain", "", "x;=;"])
GARBAGE = st.one_of(st.none(), st.binary(max_size=200))
CHARSETS = st.sampled_from(["", "; charset=utf-8", "; charset=latin1", "; charset=x"])
FILES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                b'Content-Disposition: form-data; name="media"; filename="a.jpg"',
                b"Content-Disposition: form-data; filename*=UTF-8''x; name=y",
                b"Content-Disposition: form-data\r\nContent-Transfer-Encoding: base64",
                b"content-disposition: form-data; name=m\r\nContent-Type: a/b; charset=x",
                b"",
            ]
        ),
        st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]),
        st.binary(max_size=60),
    ),
    max_size=3,
)
DAMAGE = st.tuples(st.integers(0, 11), st.floats(0, 1), st.binary(max_size=4))
METHODS = st.sampled_from(
    ["GET"] * 10 + ["POST"] * 8 + ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONX", "TRACE"]
)
POSTED = st.sampled_from(
    ["/open311/v2/requests.json", "/open311/v2/requests.xml", None, "/open311/v2/requests.json"]
)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[bytes | None, str]:
    """A body in one of the shapes, and the type it claims; both sometimes broken."""
    kind = draw(KINDS)
    if kind == 0:
        return draw(GARBAGE), draw(CLAIMS)
    pairs = draw(forms())
    if kind < 6:
        return _damaged(draw, _encoded(pairs).encode()), FORM + draw(CHARSETS)
    if kind < 10:
        return _damaged(draw, _parts(pairs, draw(FILES))), PARTS
    return _damaged(draw, json.dumps(dict(pairs)).encode()), "application/json"


def _parts(pairs: Pairs, files: list[tuple[bytes, bytes, bytes]]) -> bytes:
    fields = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode("utf-8", "replace")
        for name, value in pairs
    ]
    return a_body(*fields, *(head + b"\r\n\r\n" + start + end for head, start, end in files))


def _damaged(draw: st.DrawFn, body: bytes) -> bytes:
    how, where, dirt = draw(DAMAGE)
    at = int(where * len(body))
    if how == 0:
        return body[:at]
    if how == 1:
        return body[:at] + dirt + body[at:]
    return body * 2 if how == 2 else body


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Any call of Open311."""
    method, path, given = draw(METHODS), draw(paths()), draw(headers)
    if method == "POST":
        path = draw(POSTED) or path
    if method in ("GET", "HEAD"):
        return Call(method, path, draw(queries()), given, None)
    body, claimed = draw(bodies())
    typed = {"Content-Type": claimed} if claimed else {}
    return Call(method, path, draw(queries()), {**given, **typed}, body)


def _encoded(pairs: Pairs) -> str:
    return urlencode(pairs, errors="surrogatepass")


def _quoted(segment: str) -> str:
    return quote(segment[:200], safe="{}," if NUMBER in segment else "", errors="surrogatepass")
