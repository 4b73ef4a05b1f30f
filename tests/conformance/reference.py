"""A right Open311 server, small and in memory: what the suite must find nothing wrong with.

It shares no code with City311. Methods are small, so that a test can break exactly one of them.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

KEY = "right-key"
NOTE = "the crew forgot its ladder"
BASE = "/open311/v2"
CENTRE = (40.5, -75.5)
MOST = 5 * 1024 * 1024
Row = dict[str, Any]
Form = list[tuple[str, str]]
CONTAINERS = {
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
    "values": "value",
    "notes": "note",
    "media_urls": "media_url",
}
FIELDS = (
    *("service_request_id", "status", "status_notes", "service_name", "service_code"),
    *("description", "agency_responsible", "service_notice", "requested_datetime"),
    *("updated_datetime", "expected_datetime", "address", "address_id", "zipcode"),
    *("lat", "long", "media_url"),
)
CONTACT = ("first_name", "last_name", "email", "phone", "device_id", "account_id")


@dataclass
class Asked:
    method: str
    path: str
    raw_query: str
    headers: dict[str, str]
    body: bytes
    fmt: str = "xml"

    @property
    def query(self) -> dict[str, str]:
        found = dict(parse_qsl(self.raw_query, keep_blank_values=True))
        return {name: value for name, value in found.items() if value}


@dataclass
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    def __init__(self, status: int, *words: str) -> None:
        super().__init__(*words)
        self.status = status


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Reference:
    """State and answers. ``before`` may answer first, ``after`` may change what was answered."""

    def __init__(self) -> None:
        self.origin = ""
        self.throttle_at = 2
        self.seen: list[Asked] = []
        self.before: list[Callable[[Asked], Reply | None]] = []
        self.after: list[Callable[[Asked, Reply], Reply]] = []
        self.lock = threading.RLock()
        self.changeset = stamp(now() - timedelta(days=3))
        self.requests: dict[str, Row] = {}
        self.updates: list[Row] = []
        self.tokens: dict[str, list[Any]] = {}
        self.known: dict[Any, str] = {}
        self.sent: dict[str, str] = {}
        self.form: Form = []
        self.files: list[bytes] = []
        self._seed()

    # --- what is there ----------------------------------------------------------------------------

    def services(self) -> list[Row]:
        return [
            service("street", "Street damage", metadata=True),
            service("other", "Something else", keywords="general,else"),
            service("slow", "Sent on in the evening", type="batch"),
            service("quiet", "Noise at home", keywords="private"),
        ]

    def hidden_services(self) -> list[Row]:
        return [service("crew", "Crew equipment")]

    def definition(self, code: str) -> Row | None:
        if code not in [each["service_code"] for each in self.services()]:
            return None
        return {"service_code": code, "attributes": QUESTIONS if code == "street" else []}

    def discovery(self) -> Row:
        place = {"url": self.origin + BASE, "changeset": self.changeset}
        spec = {"specification": "http://wiki.open311.org/GeoReport_v2"}
        more = {"formats": ["text/xml", "application/json"]}
        return {
            "changeset": self.changeset,
            "contact": "call 311",
            "key_service": "write to keys@example.org",
            "endpoints": [
                {**spec, **place, "type": "production", **more},
                {**spec, **place, "type": "test", **more},
            ],
        }

    def _seed(self) -> None:
        day, minute = timedelta(days=1), timedelta(minutes=1)
        for n in range(14):
            at = now() - n * day - minute
            self._add(f"Q7XK{n:02}", "street" if n % 3 else "other", at, n)
        self._add("OLD1AB", "street", now() - 100 * day, 50)
        self._change("OLD1AB", now() - day, status="closed", status_notes="Done at last.")
        for n in (3, 6):
            self._change(f"Q7XK{n:02}", now() - timedelta(hours=n), status="closed")
        self._change("Q7XK05", now() - 2 * day, status="closed", status_notes="See Q7XK04.")
        self.requests["Q7XK05"]["extended_attributes"] = {
            "duplicate": True,
            "parent_service_request_id": "Q7XK04",
        }
        self._add("HUSH42", "quiet", now() - day, 60)
        self.requests["HUSH42"]["hidden"] = True
        for n, (about, word) in enumerate([("Q7XK03", "closed"), ("Q7XK06", "fixed")]):
            self._update(about, word, "It is done.", now() - timedelta(hours=n + 1))
        self.updates[0]["media_url"] = [
            "https://x.example.org/1.jpg",
            "https://x.example.org/2.jpg",
        ]
        self.updates[1]["media_url"] = "https://x.example.org/3.jpg"
        self.internal = [NOTE]

    def _add(self, id_: str, code: str, at: datetime, n: int, form: Row | None = None) -> Row:
        form = form or {}
        names = {each["service_code"]: each["service_name"] for each in self.services()}
        row: Row = dict.fromkeys(FIELDS)
        row |= {
            "service_request_id": id_,
            "status": "open",
            "service_code": code,
            "service_name": names.get(code),
            "description": form.get("description", f"Report {n} <of> somebody & all"),
            "agency_responsible": "Streets",
            "requested_datetime": at,
            "updated_datetime": at,
            "address": form.get("address_string", f"{n} Main Street"),
            "address_id": "A77",
            "lat": float(form.get("lat", CENTRE[0] + n * 0.003)),
            "long": float(form.get("long", CENTRE[1] - n * 0.003)),
            "contact": {name: form.get(name) for name in CONTACT},
        }
        self.requests[id_] = row
        return row

    def _change(self, id_: str, at: datetime, **changes: Any) -> None:
        self.requests[id_] |= {"updated_datetime": at, **changes}

    def _update(self, about: str, status: str, words: str, at: datetime) -> Row:
        made = {
            "update_id": f"u-{len(self.updates) + 1}",
            "service_request_id": about,
            "status": status,
            "updated_datetime": at,
            "description": words,
            "media_url": "",
        }
        self.updates.append(made)
        return made

    # --- answering --------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Reply:
        asked.path = re.sub("/+", "/", asked.path)
        path, dot, suffix = asked.path.rpartition(".")
        asked.fmt = suffix if suffix in ("xml", "json") else "xml"
        with self.lock:
            self.seen.append(asked)
            count = len(self.seen)
        reply = next((made for hook in self.before if (made := hook(asked))), None)
        if reply is None and count == self.throttle_at:
            reply = self.throttled(asked.fmt)
        if reply is None:
            reply = self._handled(asked, path if dot else asked.path)
        for hook in self.after:
            reply = hook(asked, reply)
        return reply

    def throttled(self, fmt: str) -> Reply:
        reply = self.errors(429, ["Too many calls: please wait a little."], fmt)
        reply.headers["Retry-After"] = "1"
        return reply

    def _handled(self, asked: Asked, path: str) -> Reply:
        try:
            with self.lock:
                return self.route(asked, path)
        except Refusal as refusal:
            return self.errors(refusal.status, [str(each) for each in refusal.args], asked.fmt)

    def route(self, asked: Asked, path: str) -> Reply:
        if path in (f"{BASE}/discovery", "/open311/discovery"):
            return self.one(asked.fmt, "discovery", self.discovery())
        name, _, rest = path.removeprefix(f"{BASE}/").partition("/")
        found = getattr(self, f"at_{name}", None)
        if not path.startswith(f"{BASE}/") or found is None or "/" in rest:
            raise Refusal(404, "There is nothing at this address.")
        self.check_jurisdiction(asked)
        reply: Reply = found(asked, unquote(rest))
        return reply

    def check_jurisdiction(self, asked: Asked) -> None:
        if asked.query.get("jurisdiction_id", "city.example") != "city.example":
            raise Refusal(404, "This is not the server of that city.")

    def only_get(self, asked: Asked) -> None:
        if asked.method != "GET":
            raise Refusal(400, "This address can only be read.")

    def at_services(self, asked: Asked, code: str) -> Reply:
        self.only_get(asked)
        if not code:
            return self.many(asked.fmt, "services", "service", self.offered(asked.query))
        found = self.definition(code)
        if found is None:
            raise Refusal(404, f"There is no service {code} here.")
        return self.one(asked.fmt, "service_definition", found)

    def offered(self, query: Row) -> list[Row]:
        if "lat" in query and not inside(query):
            return []
        return self.services()

    def at_requests(self, asked: Asked, id_: str) -> Reply:
        if asked.method == "POST":
            return self.created(asked, self.create(self.read(asked)))
        if not id_:
            rows, more = self.listed(asked.query)
            headers = {"X-Next-Page-URL": self.next_page(asked, rows)} if more else {}
            return self.listing(asked, rows, headers)
        row = self.item(id_)
        if row is None:
            raise Refusal(404, "There is no such request.")
        return self.listing(asked, [row], {})

    def listing(self, asked: Asked, rows: list[Row], headers: Row) -> Reply:
        shown = [self.shown(row, asked.query) for row in rows]
        reply = self.many(asked.fmt, "service_requests", "request", shown)
        reply.headers |= headers
        return reply

    def shown(self, row: Row, query: Row) -> Row:
        found = {name: row[name] for name in FIELDS}
        if query.get("extensions") == "true":
            found["extended_attributes"] = row.get("extended_attributes")
        return found

    def item(self, id_: str) -> Row | None:
        found = self.requests.get(id_.upper())
        return None if found is None or found.get("hidden") else found

    def all(self) -> list[Row]:
        rows = [row for row in self.requests.values() if not row.get("hidden")]
        return sorted(rows, key=self.key, reverse=True)

    @staticmethod
    def key(row: Row) -> tuple[str, str]:
        return stamp(row["requested_datetime"]), row["service_request_id"]

    def listed(self, query: Row) -> tuple[list[Row], bool]:
        if ids := query.get("service_request_id"):
            found = [row for id_ in ids.split(",") if (row := self.item(id_))]
            return found, False
        rows = [row for row in self.all() if self.wanted(row, query)]
        if "cursor" in query:
            rows = [row for row in rows if "~".join(self.key(row)) < query["cursor"]]
        size = min(int(query.get("page_size", 1000)), 1000)
        first = (int(query.get("page", 1)) - 1) * size if "cursor" not in query else 0
        page = rows[first : first + size]
        return page, len(rows) > first + size

    def next_page(self, asked: Asked, rows: list[Row]) -> str:
        cursor = "~".join(self.key(rows[-1]))
        size = asked.query["page_size"]
        return f"{self.origin}{asked.path}?page_size={size}&cursor={cursor}"

    def wanted(self, row: Row, query: Row) -> bool:
        return (
            self.in_dates(row, query)
            and self.in_words(row, query)
            and self.in_changes(row, query)
            and self.in_box(row, query)
        )

    def in_dates(self, row: Row, query: Row) -> bool:
        start, end = self.date(query, "start_date"), self.date(query, "end_date")
        if "updated_after" in query and start == self.date(query, "updated_after"):
            return True
        last = end or now()
        first = max(start, last - timedelta(days=90)) if start else last - timedelta(days=90)
        if "updated_after" in query and not start:
            return True
        return bool(first <= row["requested_datetime"] <= last)

    def date(self, query: Row, name: str) -> datetime | None:
        if name not in query:
            return None
        try:
            found = datetime.fromisoformat(re.sub(r" (\d\d:\d\d)$", r"+\1", query[name]))
        except ValueError:
            raise Refusal(400, f"{name} is no time: {query[name]}") from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def in_words(self, row: Row, query: Row) -> bool:
        statuses = set(query.get("status", "open,closed").split(","))
        if statuses - {"open", "closed"}:
            raise Refusal(400, f"A status is open or closed, not {query['status']}.")
        codes = query["service_code"].split(",") if "service_code" in query else None
        return row["status"] in statuses and (codes is None or row["service_code"] in codes)

    def in_changes(self, row: Row, query: Row) -> bool:
        after, before = self.date(query, "updated_after"), self.date(query, "updated_before")
        at = row["updated_datetime"]
        return (after is None or at >= after) and (before is None or at <= before)

    def in_box(self, row: Row, query: Row) -> bool:
        if "bbox" not in query:
            return True
        west, south, east, north = map(float, query["bbox"].split(","))
        return west <= row["long"] <= east and south <= row["lat"] <= north

    # --- filing -----------------------------------------------------------------------------------

    def read(self, asked: Asked) -> Row:
        self.check_size(asked)
        self.form, self.files = self.pairs(asked)
        given = [value for name, value in self.form if name == "api_key" and value]
        self.check_key(given[0] if given else asked.query.get("api_key", ""))
        return {name: value for name, value in self.form if value}

    def check_size(self, asked: Asked) -> None:
        if len(asked.body) > MOST:
            raise Refusal(400, "The photo is too large: at most 5 MB, please.")

    def check_key(self, key: str) -> None:
        if key != KEY:
            raise Refusal(403, "The key is missing or wrong.")

    def pairs(self, asked: Asked) -> tuple[Form, list[bytes]]:
        kind = asked.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            return self.parts(kind, asked.body)
        charset = re.search(r"charset=([\w-]+)", kind)
        return self.fields(asked.body, charset[1] if charset else "utf-8"), []

    def fields(self, body: bytes, charset: str) -> Form:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding=charset)

    def parts(self, kind: str, body: bytes) -> tuple[Form, list[bytes]]:
        whole = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
        form, files = [], []
        for part in whole.iter_parts():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            if part.get_filename():
                files.append(content)
            else:
                form.append((str(name), content.decode().removesuffix("\r\n")))
        return form, files

    def values(self, name: str) -> list[str]:
        plain, many = f"attribute[{name}]", f"attribute[{name}][]"
        return [value for key, value in self.form if key in (plain, many) and value]

    def create(self, form: Row) -> tuple[str, str]:
        self.check_service(form)
        self.check_place(form)
        self.check_words(form)
        self.check_answers(form)
        same = tuple(sorted(form.items()))
        if same in self.known:
            return "service_request_id", self.known[same]
        if form["service_code"] == "slow":
            token = f"t{len(self.tokens)}"
            self.tokens[token] = [0, form]
            return "token", token
        self.known[same] = self.keep(form)
        return "service_request_id", self.known[same]

    def keep(self, form: Row) -> str:
        id_ = f"NEW{len(self.requests):03}Z"
        self._add(id_, form["service_code"], now(), 0, form)
        return id_

    def check_service(self, form: Row) -> None:
        if "service_code" not in form:
            raise Refusal(400, "Say which service it is about.")
        if self.definition(form["service_code"]) is None:
            raise Refusal(404, "There is no such service here.")

    def check_place(self, form: Row) -> None:
        point = "lat" in form and "long" in form
        if not point and "address_string" not in form and "address_id" not in form:
            raise Refusal(400, "Say where it is: a point or an address.")
        if point and not inside(form):
            raise Refusal(400, "This place is outside the city.")

    def check_words(self, form: Row) -> None:
        if len(form.get("description", "").replace("\r\n", "\n")) > 4000:
            raise Refusal(400, "The description has more than 4000 characters.")

    def check_answers(self, form: Row) -> None:
        definition = self.definition(form["service_code"]) or {}
        wrong = [self.wrong(each) for each in definition.get("attributes", []) if each["variable"]]
        if any(wrong):
            raise Refusal(400, *[words for words in wrong if words])

    def wrong(self, question: Row) -> str:
        given = self.values(question["code"])
        if question["required"] and not given:
            return f"Please answer question {question['code']}."
        keys = [each["key"] for each in question["values"]]
        if keys and any(value not in keys for value in given):
            return f"Question {question['code']} has no such choice."
        return ""

    def created(self, asked: Asked, made: tuple[str, str]) -> Reply:
        name, value = made
        row = {name: value, "service_notice": None, "account_id": None}
        return self.many(asked.fmt, "service_requests", "request", [row])

    def at_tokens(self, asked: Asked, token: str) -> Reply:
        if token not in self.tokens:
            raise Refusal(404, "There is no such token.")
        return self.many(asked.fmt, "service_requests", "request", [self.token(token)])

    def token(self, token: str) -> Row:
        state = self.tokens[token]
        state[0] += 1
        if state[0] == 2:
            state.append(self.keep(state[1]))
        row = {"token": token}
        return {"service_request_id": state[2], **row} if len(state) > 2 else row

    # --- updates ----------------------------------------------------------------------------------

    def at_servicerequestupdates(self, asked: Asked, rest: str) -> Reply:
        if asked.method == "POST":
            made = {"update_id": self.take_update(self.read(asked))}
            return self.many(asked.fmt, "service_request_updates", "request_update", [made])
        rows = self.updates_between(asked.query)
        return self.many(asked.fmt, "service_request_updates", "request_update", rows)

    def updates_between(self, query: Row) -> list[Row]:
        start, end = self.date(query, "start_date"), self.date(query, "end_date")
        first, last = start or now() - timedelta(days=1), end or now()
        found = [row for row in self.updates if first <= row["updated_datetime"] <= last]
        return sorted(found, key=lambda row: stamp(row["updated_datetime"]))

    def take_update(self, form: Row) -> str:
        if form["update_id"] in self.sent:
            return self.sent[form["update_id"]]
        about, word = form["service_request_id"], form["status"].lower()
        if about not in self.requests:
            raise Refusal(404, "There is no such request.")
        if word == "reopen":
            self.reopen(about)
        made = self._update(about, word, form["description"], self.visible_at(form))
        self.sent[form["update_id"]] = made["update_id"]
        return str(made["update_id"])

    def visible_at(self, form: Row) -> datetime:
        return now()

    def reopen(self, about: str) -> None:
        self._change(about, now(), status="open")

    # --- writing ----------------------------------------------------------------------------------

    def errors(self, status: int, words: list[str], fmt: str) -> Reply:
        rows = [{"code": status, "description": each} for each in words]
        reply = self.many(fmt, "errors", "error", rows)
        reply.status = status
        return reply

    def many(self, fmt: str, root: str, item: str, rows: list[Row]) -> Reply:
        if fmt == "json":
            return self.reply(fmt, json.dumps([self.plain(row) for row in rows]))
        inside_ = "".join(f"<{item}>{self.xml(row)}</{item}>" for row in rows)
        return self.reply(fmt, f"<{root}>{inside_}</{root}>")

    def one(self, fmt: str, root: str, row: Row) -> Reply:
        if fmt == "json":
            return self.reply(fmt, json.dumps(self.plain(row)))
        return self.reply(fmt, f"<{root}>{self.xml(row)}</{root}>")

    def plain(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.plain(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.plain(each) for each in value]
        if isinstance(value, datetime):
            return stamp(value)
        return clean(value) if isinstance(value, str) else value

    def xml(self, row: Row) -> str:
        return "".join(self.element(name, value) for name, value in row.items())

    def element(self, name: str, value: Any) -> str:
        if isinstance(value, list) and name not in CONTAINERS:
            return "".join(self.element(name, each) for each in value)
        return f"<{name}>{self.content(name, value)}</{name}>"

    def content(self, name: str, value: Any) -> str:
        if isinstance(value, dict):
            return self.xml(value)
        if isinstance(value, list):
            return "".join(self.element(CONTAINERS[name], each) for each in value)
        if isinstance(value, bool):
            return str(value).lower()
        text = stamp(value) if isinstance(value, datetime) else "" if value is None else str(value)
        return self.escaped(clean(text))

    def escaped(self, text: str) -> str:
        return escape(text)

    def reply(self, fmt: str, text: str) -> Reply:
        kind = "application/json" if fmt == "json" else "text/xml"
        head = "" if fmt == "json" else '<?xml version="1.0" encoding="utf-8"?>\n'
        headers = {
            "Content-Type": f"{kind}; charset=utf-8",
            "X-Content-Type-Options": "nosniff",
        }
        return Reply(200, (head + text).encode(), headers)


def clean(text: str) -> str:
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def inside(where: Row) -> bool:
    return all(
        abs(float(where[name]) - middle) < 1
        for name, middle in zip(("lat", "long"), CENTRE, strict=True)
    )


def service(code: str, name: str, **more: Any) -> Row:
    return {
        "service_code": code,
        "service_name": name,
        "description": None,
        "metadata": False,
        "type": "realtime",
        "keywords": None,
        "group": "All",
        **more,
    }


def question(code: str, datatype: str, order: int, **more: Any) -> Row:
    return {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": None,
        "order": order,
        "description": f"Question {code}?",
        "values": [],
        **more,
    }


CHOICES = [{"key": "left", "name": "Left & up"}, {"key": "right", "name": "Right"}]
QUESTIONS = [
    question("1", "singlevaluelist", 1, required=True, values=CHOICES),
    question("2", "multivaluelist", 2, values=CHOICES),
    question("3", "string", 3),
    question("4", "text", 4, variable=False),
]


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        asked = Asked(
            method=self.command,
            path=parts.path,
            raw_query=parts.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
        )
        reply = self.server.reference.answer(asked)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = _any  # noqa: N815 - the names that the standard library calls

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    reference: Reference
    daemon_threads = True


@contextmanager
def served(reference: Reference) -> Iterator[str]:
    """The address of its endpoint, while it is served on the loopback interface."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.reference = reference
    reference.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.001,), daemon=True)
    thread.start()
    try:
        yield reference.origin + BASE
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
