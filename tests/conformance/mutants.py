"""A catalogue of broken servers: for every rule at least one fault that this rule must find."""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.conformance import reference as ref
from tests.conformance.reference import Asked, Reference, Refusal, Reply, Row, now, stamp


@dataclass(frozen=True)
class Mutant:
    rule: str
    fault: str
    twist: Callable[[Reference], None]


MUTANTS: list[Mutant] = []


def mutant(rule: str, fault: str) -> Callable[[Callable[[Reference], None]], None]:
    def noted(twist: Callable[[Reference], None]) -> None:
        MUTANTS.append(Mutant(rule, fault, twist))

    return noted


def replaces(server: Reference, name: str, made: Callable[..., Any]) -> None:
    """Put a function in the place of a method; it gets the old one first."""
    before = getattr(server, name)
    setattr(server, name, lambda *given, **named: made(before, *given, **named))


def rewrites(server: Reference, path: str, change: Callable[[str], str], fmt: str = "") -> None:
    """Change the bodies of successful answers at a path."""

    def after(asked: Asked, reply: Reply) -> Reply:
        if re.search(path, asked.path) and reply.status == 200 and asked.fmt == (fmt or asked.fmt):
            reply.body = change(reply.body.decode()).encode()
        return reply

    server.after.append(after)


def edits(server: Reference, path: str, change: Callable[[Any], Any]) -> None:
    """Change the JSON of successful answers at a path."""
    rewrites(server, path, lambda text: json.dumps(change(json.loads(text))), "json")


def answers(server: Reference, method: str, path: str, reply: Callable[[Asked], Reply]) -> None:
    """Answer calls of a path in another way."""
    server.before.append(
        lambda asked: (
            reply(asked) if asked.method == method and re.search(path, asked.path) else None
        )
    )


def html(status: int) -> Callable[[Asked], Reply]:
    return lambda _: Reply(status, b"<html>Oh no</html>", {"Content-Type": "text/html"})


def refuses(server: Reference, condition: Callable[[Reference, Row], object], words: str) -> None:
    """Refuse reports that a right server takes."""

    def create(before: Any, form: Row) -> Any:
        if condition(server, form):
            raise Refusal(400, words)
        return before(form)

    replaces(server, "create", create)


# --- discovery ------------------------------------------------------------------------------------


@mutant("D1", "no discovery in XML")
def _(server: Reference) -> None:
    answers(server, "GET", "discovery.xml", lambda _: server.errors(404, ["Not here."], "xml"))


@mutant("D1", "application/xml")
def _(server: Reference) -> None:
    def after(asked: Asked, reply: Reply) -> Reply:
        if asked.path.endswith("discovery.xml"):
            reply.headers["Content-Type"] = "application/xml; charset=utf-8"
        return reply

    server.after.append(after)


@mutant("D2", "an empty key_service")
def _(server: Reference) -> None:
    replaces(server, "discovery", lambda before: before() | {"key_service": ""})


@mutant("D2", "an endpoint without formats")
def _(server: Reference) -> None:
    def discovery(before: Any) -> Row:
        found: Row = before()
        found["endpoints"][0]["formats"] = []
        return found

    replaces(server, "discovery", discovery)


@mutant("D3", "a changeset in the future")
def _(server: Reference) -> None:
    server.changeset = stamp(now() + timedelta(days=1))


@mutant("D3", "a changeset that is a number")
def _(server: Reference) -> None:
    server.changeset = "version 7"


@mutant("D3", "a changeset that moves with every reading")
def _(server: Reference) -> None:
    count = iter(range(10**6))

    def discovery(before: Any) -> Row:
        server.changeset = stamp(now() - timedelta(days=9) + timedelta(seconds=next(count)))
        return before()  # type: ignore[no-any-return]

    replaces(server, "discovery", discovery)


@mutant("D4", "https in the specification")
def _(server: Reference) -> None:
    rewrites(server, "discovery", lambda text: text.replace("http://wiki", "https://wiki"))


@mutant("D5", "discovery beside the base alone")
def _(server: Reference) -> None:
    answers(server, "GET", "v2/discovery", lambda asked: server.errors(404, ["No."], asked.fmt))


# --- services -------------------------------------------------------------------------------------


@mutant("S1", "JSON wrapped in an object")
def _(server: Reference) -> None:
    edits(server, "services.json", lambda whole: {"services": whole})


@mutant("S1", "application/xml")
def _(server: Reference) -> None:
    def after(asked: Asked, reply: Reply) -> Reply:
        if asked.path.endswith("services.xml"):
            reply.headers["Content-Type"] = "application/xml"
        return reply

    server.after.append(after)


@mutant("S1", "no XML at all")
def _(server: Reference) -> None:
    answers(server, "GET", r"\.xml", lambda _: server.errors(404, ["No XML here."], "json"))


@mutant("S2", "metadata as text")
def _(server: Reference) -> None:
    edits(server, "services.json", lambda all_: [{**each, "metadata": "false"} for each in all_])


@mutant("S2", "codes as numbers")
def _(server: Reference) -> None:
    edits(server, "services.json", lambda all_: [{**each, "service_code": 7} for each in all_])


@mutant("S2", "True in XML")
def _(server: Reference) -> None:
    rewrites(server, "services.xml", lambda text: text.replace(">true<", ">True<"), "xml")


@mutant("S2", "keywords as an array")
def _(server: Reference) -> None:
    edits(server, "services.json", lambda all_: [{**each, "keywords": ["a"]} for each in all_])


@mutant("S3", "metadata true without attributes")
def _(server: Reference) -> None:
    replaces(server, "services", lambda before: [{**each, "metadata": True} for each in before()])


@mutant("S3", "metadata false with attributes")
def _(server: Reference) -> None:
    replaces(server, "services", lambda before: [{**each, "metadata": False} for each in before()])


@mutant("S4", "a code twice")
def _(server: Reference) -> None:
    replaces(server, "offered", lambda before, query: before(query) + before(query)[:1])


@mutant("S4", "a code with a slash")
def _(server: Reference) -> None:
    replaces(server, "offered", lambda before, query: [*before(query), ref.service("a/b", "Slash")])


@mutant("S5", "staff services in the list")
def _(server: Reference) -> None:
    replaces(server, "offered", lambda before, query: before(query) + server.hidden_services())


@mutant("S5", "a service marked inactive")
def _(server: Reference) -> None:
    odd = ref.service("gone", "Gone", keywords="inactive")
    replaces(server, "offered", lambda before, query: [*before(query), odd])


@mutant("S6", "services by place that the whole list does not have")
def _(server: Reference) -> None:
    def offered(before: Any, query: Row) -> Any:
        return [ref.service("sea", "Boats")] if "lat" in query else before(query)

    replaces(server, "offered", offered)


@mutant("S6", "no services inside the city")
def _(server: Reference) -> None:
    replaces(server, "offered", lambda before, query: [] if "lat" in query else before(query))


@mutant("S7", "any jurisdiction will do")
def _(server: Reference) -> None:
    replaces(server, "check_jurisdiction", lambda before, asked: None)


@mutant("S8", "a blank parameter is an error")
def _(server: Reference) -> None:
    def before(asked: Asked) -> Reply | None:
        blank = re.search(r"=(&|$)", asked.raw_query)
        return server.errors(400, ["A value is missing."], asked.fmt) if blank else None

    server.before.append(before)


@mutant("S9", "a service missing in every second reading")
def _(server: Reference) -> None:
    count = iter(range(10**6))
    replaces(server, "offered", lambda before, query: before(query)[: 4 - next(count) % 2])


# --- definitions ----------------------------------------------------------------------------------


def each_question(server: Reference, change: Callable[[Row], Row]) -> None:
    def definition(before: Any, code: str) -> Row | None:
        found: Row | None = before(code)
        if found:
            found = {**found, "attributes": [change(dict(each)) for each in found["attributes"]]}
        return found

    replaces(server, "definition", definition)


@mutant("F1", "an array of one definition")
def _(server: Reference) -> None:
    edits(server, "services/", lambda whole: [whole])


@mutant("F1", "attributes as an object")
def _(server: Reference) -> None:
    edits(server, "services/", lambda whole: {**whole, "attributes": {}})


@mutant("F2", "a seventh data type")
def _(server: Reference) -> None:
    each_question(server, lambda each: each | {"datatype": "boolean"})


@mutant("F2", "attributes without a code")
def _(server: Reference) -> None:
    each_question(server, lambda each: each | {"code": None})


@mutant("F3", "order from 0")
def _(server: Reference) -> None:
    each_question(server, lambda each: each | {"order": each["order"] - 1})


@mutant("F3", "order twice")
def _(server: Reference) -> None:
    each_question(server, lambda each: each | {"order": 1})


@mutant("F4", "a list without values")
def _(server: Reference) -> None:
    each_question(server, lambda each: each | {"values": []})


@mutant("F4", "values without keys")
def _(server: Reference) -> None:
    each_question(
        server, lambda each: each | {"values": [{"name": "Left"}] if each["values"] else []}
    )


@mutant("F5", "a text that must be answered")
def _(server: Reference) -> None:
    each_question(server, lambda each: each | {"required": True})


@mutant("F6", "an empty definition for any code")
def _(server: Reference) -> None:
    def definition(before: Any, code: str) -> Row:
        return before(code) or {"service_code": code, "attributes": []}

    replaces(server, "definition", definition)


@mutant("F7", "no definition where nothing is asked")
def _(server: Reference) -> None:
    def before(asked: Asked) -> Reply | None:
        none = re.search("services/other", asked.path)
        return server.errors(404, ["There is no definition."], asked.fmt) if none else None

    server.before.append(before)


@mutant("F8", "attributes without their container")
def _(server: Reference) -> None:
    rewrites(server, "services/", lambda text: re.sub("</?attributes>", "", text), "xml")


@mutant("F8", "values without their container")
def _(server: Reference) -> None:
    rewrites(server, "services/", lambda text: re.sub("</?values>", "", text), "xml")


# --- reporting ------------------------------------------------------------------------------------


def is_multipart(asked: Asked) -> bool:
    return "multipart" in asked.headers.get("content-type", "")


def refuses_kind(server: Reference, condition: Callable[[Asked], object]) -> None:
    def before(asked: Asked) -> Reply | None:
        if asked.method == "POST" and "requests" in asked.path and condition(asked):
            return server.errors(400, ["This form is not understood."], asked.fmt)
        return None

    server.before.append(before)


@mutant("P1", "only multipart")
def _(server: Reference) -> None:
    refuses_kind(server, lambda asked: not is_multipart(asked))


@mutant("P2", "only urlencoded")
def _(server: Reference) -> None:
    refuses_kind(server, is_multipart)


@mutant("P3", "no file parts")
def _(server: Reference) -> None:
    refuses_kind(server, lambda asked: b"filename=" in asked.body)


@mutant("P4", "media_url once")
def _(server: Reference) -> None:
    refuses_kind(server, lambda asked: asked.body.count(b"media_url=") > 1)


@mutant("P5", "401 for a missing key")
def _(server: Reference) -> None:
    def check_key(before: Any, key: str) -> None:
        if key != ref.KEY:
            raise Refusal(401, "Who are you?")

    replaces(server, "check_key", check_key)


@mutant("P5", "any key will do")
def _(server: Reference) -> None:
    replaces(server, "check_key", lambda before, key: before(ref.KEY if key else ""))


@mutant("P6", "400 for an unknown service")
def _(server: Reference) -> None:
    def check(before: Any, form: Row) -> None:
        try:
            before(form)
        except Refusal as refusal:
            raise Refusal(400, *refusal.args) from None

    replaces(server, "check_service", check)


@mutant("P6", "404 for a blank service")
def _(server: Reference) -> None:
    def check(before: Any, form: Row) -> None:
        try:
            before(form)
        except Refusal as refusal:
            raise Refusal(404, *refusal.args) from None

    replaces(server, "check_service", check)


@mutant("P7", "no report without a point")
def _(server: Reference) -> None:
    refuses(server, lambda _, form: "lat" not in form, "We need a point.")


@mutant("P7", "no report by address_id")
def _(server: Reference) -> None:
    refuses(server, lambda _, form: "address_id" in form, "We know no such address.")


@mutant("P8", "half a place is enough")
def _(server: Reference) -> None:
    def check(before: Any, form: Row) -> None:
        if ("lat" in form) != ("long" in form):
            return
        before(form)

    replaces(server, "check_place", check)


@mutant("P9", "a required question may stay open")
def _(server: Reference) -> None:
    def wrong(before: Any, question: Row) -> Any:
        return before({**question, "required": False})

    replaces(server, "wrong", wrong)


@mutant("P9", "nobody hears which question is open")
def _(server: Reference) -> None:
    replaces(server, "wrong", lambda before, question: before(question) and "Something is missing.")


@mutant("P10", "several answers with brackets alone")
def _(server: Reference) -> None:
    def bare(server: Reference, _form: Row) -> bool:
        return [name for name, _ in server.form].count("attribute[2]") > 1

    refuses(server, bare, "A field came twice.")


@mutant("P10", "no brackets at all")
def _(server: Reference) -> None:
    refuses(server, lambda _, form: "attribute[2][]" in form, "There is no such field.")


@mutant("P11", "unknown attributes are errors")
def _(server: Reference) -> None:
    refuses(server, lambda _, form: "attribute[easting]" in form, "There is no such question.")


@mutant("P11", "unknown fields are errors")
def _(server: Reference) -> None:
    refuses(server, lambda _, form: "deviceid" in form, "There is no such field.")


@mutant("P12", "any choice is taken")
def _(server: Reference) -> None:
    replaces(server, "wrong", lambda before, question: before({**question, "values": []}))


@mutant("P13", "any length is taken")
def _(server: Reference) -> None:
    replaces(server, "check_words", lambda before, form: None)


@mutant("P13", "cut off at 1000")
def _(server: Reference) -> None:
    def create(before: Any, form: Row) -> Any:
        server.check_words(form)
        return before(form | {"description": form["description"][:1000]})

    replaces(server, "create", create)


@mutant("P13", "emoji are lost")
def _(server: Reference) -> None:
    def create(before: Any, form: Row) -> Any:
        server.check_words(form)
        return before(form | {"description": form["description"].replace("\U0001f6b2", "?")})

    replaces(server, "create", create)


@mutant("P13", "a line end is two characters")
def _(server: Reference) -> None:
    refuses(server, lambda _, form: len(form.get("description", "")) > 4000, "It is too long.")


@mutant("P14", "markup goes out as markup")
def _(server: Reference) -> None:
    def escaped(before: Any, text: str) -> Any:
        return text.replace(" & ]]>", "") if "<b>" in text else before(text)

    replaces(server, "escaped", escaped)


@mutant("P14", "JSON as a page")
def _(server: Reference) -> None:
    def after(asked: Asked, reply: Reply) -> Reply:
        if asked.fmt == "json" and "requests/" in asked.path:
            reply.headers["Content-Type"] = "text/html"
        return reply

    server.after.append(after)


@mutant("P15", "a second request for the same report")
def _(server: Reference) -> None:
    def create(before: Any, form: Row) -> Any:
        server.known.clear()
        return before(form)

    replaces(server, "create", create)


@mutant("P15", "the same report is an error")
def _(server: Reference) -> None:
    def create(before: Any, form: Row) -> Any:
        if tuple(sorted(form.items())) in server.known:
            raise Refusal(400, "This is a duplicate.")
        return before(form)

    replaces(server, "create", create)


@mutant("P16", "calls at the same moment do not see each other")
def _(server: Reference) -> None:
    meeting = threading.Barrier(4)

    def handled(before: Any, asked: Asked, path: str) -> Any:
        if asked.method == "POST" and b"P16" in asked.body:
            meeting.wait(10)
            with server.lock:
                server.known.clear()
                return before(asked, path)
        return before(asked, path)

    replaces(server, "_handled", handled)


def posts(server: Reference, change: Callable[[Reply], Reply]) -> None:
    def after(asked: Asked, reply: Reply) -> Reply:
        mine = asked.method == "POST" and "requests." in asked.path and reply.status == 200
        return change(reply) if mine else reply

    server.after.append(after)


@mutant("P17", "201")
def _(server: Reference) -> None:
    posts(server, lambda reply: Reply(201, reply.body, reply.headers))


@mutant("P18", "an object, not an array")
def _(server: Reference) -> None:
    posts(
        server,
        lambda reply: Reply(200, reply.body.removeprefix(b"[").removesuffix(b"]"), reply.headers),
    )


@mutant("P18", "a null beside the id")
def _(server: Reference) -> None:
    posts(
        server,
        lambda reply: Reply(
            200,
            reply.body.replace(b'{"service_request_id', b'{"token": null, "service_request_id'),
            {},
        ),
    )


@mutant("P18", "another root in XML")
def _(server: Reference) -> None:
    posts(
        server, lambda reply: Reply(200, reply.body.replace(b"service_requests", b"requests"), {})
    )


@mutant("P18", "an address in one format alone")
def _(server: Reference) -> None:
    edits(server, "requests/", lambda all_: [{**each, "address": None} for each in all_])


@mutant("P19", "the whole world is the city")
def _(server: Reference) -> None:
    def check(before: Any, form: Row) -> None:
        if "lat" not in form:
            before(form)

    replaces(server, "check_place", check)


@mutant("P19", "409 for a place outside")
def _(server: Reference) -> None:
    def check(before: Any, form: Row) -> None:
        try:
            before(form)
        except Refusal as refusal:
            raise Refusal(409, *refusal.args) from None

    replaces(server, "check_place", check)


@mutant("P20", "the charset is not looked at")
def _(server: Reference) -> None:
    replaces(server, "fields", lambda before, body, charset: before(body, "utf-8"))


@mutant("P20", "another charset is a crash")
def _(server: Reference) -> None:
    def fields(before: Any, body: bytes, charset: str) -> Any:
        if charset != "utf-8":
            raise Refusal(500, "The charset is not known here.")
        return before(body, charset)

    replaces(server, "fields", fields)


@mutant("P21", "no key in the query")
def _(server: Reference) -> None:
    def read(before: Any, asked: Asked) -> Any:
        asked.raw_query = ""
        return before(asked)

    replaces(server, "read", read)


@mutant("P22", "a plus sign is a plus sign")
def _(server: Reference) -> None:
    def fields(before: Any, body: bytes, charset: str) -> Any:
        return before(body.replace(b"+", b"%2B"), charset)

    replaces(server, "fields", fields)


@mutant("P22", "everything is decoded twice")
def _(server: Reference) -> None:
    def fields(before: Any, body: bytes, charset: str) -> Any:
        return before(body.replace(b"%2B", b"+"), charset)

    replaces(server, "fields", fields)


@mutant("P23", "control characters in XML")
def _(server: Reference) -> None:
    server.content = lambda name, value: (  # type: ignore[method-assign]
        value
        if name == "description" and isinstance(value, str) and "\x07" in value
        else Reference.content(server, name, value)
    )


@mutant("P24", "413 as a page")
def _(server: Reference) -> None:
    def before(asked: Asked) -> Reply | None:
        return html(413)(asked) if len(asked.body) > ref.MOST else None

    server.before.append(before)


@mutant("P24", "502 from a gateway")
def _(server: Reference) -> None:
    def before(asked: Asked) -> Reply | None:
        large = len(asked.body) > ref.MOST
        return server.errors(502, ["Something broke here."], asked.fmt) if large else None

    server.before.append(before)


# --- tokens ---------------------------------------------------------------------------------------


@mutant("T1", "an empty list for an unknown token")
def _(server: Reference) -> None:
    def before(asked: Asked) -> Reply | None:
        unknown = "no-such-token" in asked.path
        return server.many(asked.fmt, "service_requests", "request", []) if unknown else None

    server.before.append(before)


@mutant("T2", "404 for a token that waits")
def _(server: Reference) -> None:
    def token(before: Any, name: str) -> Any:
        found = before(name)
        if "service_request_id" not in found:
            raise Refusal(404, "There is no id yet.")
        return found

    replaces(server, "token", token)


@mutant("T2", "null for an id that is not there yet")
def _(server: Reference) -> None:
    replaces(server, "token", lambda before, name: {"service_request_id": None} | before(name))


@mutant("T3", "an object, not an array")
def _(server: Reference) -> None:
    edits(server, "tokens/", lambda whole: whole[0])


@mutant("T3", "the token is not repeated")
def _(server: Reference) -> None:
    rewrites(server, "tokens/", lambda text: re.sub("<token>.*</token>", "", text), "xml")


# --- lists ----------------------------------------------------------------------------------------


@mutant("L1", "everything there ever was")
def _(server: Reference) -> None:
    def in_dates(before: Any, row: Row, query: Row) -> Any:
        return before(row, query) if query else True

    replaces(server, "in_dates", in_dates)


@mutant("L1", "wrapped in an object")
def _(server: Reference) -> None:
    edits(server, "requests.json", lambda whole: {"service_requests": whole})


@mutant("L2", "status is ignored")
def _(server: Reference) -> None:
    replaces(
        server,
        "in_words",
        lambda before, row, query: before(row, {**query, "status": row["status"]}),
    )


@mutant("L2", "the first code of a list alone")
def _(server: Reference) -> None:
    def in_words(before: Any, row: Row, query: Row) -> Any:
        first = query.get("service_code", row["service_code"]).split(",")[0]
        return before(row, {**query, "service_code": first})

    replaces(server, "in_words", in_words)


@mutant("L2", "the end is not included")
def _(server: Reference) -> None:
    def in_dates(before: Any, row: Row, query: Row) -> Any:
        end = server.date(query, "end_date")
        return before(row, query) and (end is None or row["requested_datetime"] < end)

    replaces(server, "in_dates", in_dates)


@mutant("L3", "ids and filters together")
def _(server: Reference) -> None:
    def listed(before: Any, query: Row) -> Any:
        rows, more = before(query)
        return [row for row in rows if server.wanted(row, query)], more

    replaces(server, "listed", listed)


@mutant("L3", "404 for one unknown id")
def _(server: Reference) -> None:
    def listed(before: Any, query: Row) -> Any:
        rows, more = before(query)
        if len(rows) < len(query.get("service_request_id", "").split(",")) and len(rows) < 2:
            raise Refusal(404, "There is no such request.")
        return rows, more

    replaces(server, "listed", listed)


@mutant("L4", "400 for a long span")
def _(server: Reference) -> None:
    def listed(before: Any, query: Row) -> Any:
        start, end = server.date(query, "start_date"), server.date(query, "end_date")
        if start and end and end - start > timedelta(days=90):
            raise Refusal(400, "At most 90 days, please.")
        return before(query)

    replaces(server, "listed", listed)


@mutant("L5", "a date that is none is ignored")
def _(server: Reference) -> None:
    def date(before: Any, query: Row, name: str) -> Any:
        try:
            return before(query, name)
        except Refusal:
            return None

    replaces(server, "date", date)


@mutant("L6", "offsets are ignored")
def _(server: Reference) -> None:
    def date(before: Any, query: Row, name: str) -> Any:
        cut = {name: re.sub(r"[+ ]\d\d:\d\d$", "Z", query[name])} if name in query else {}
        return before(cut, name)

    replaces(server, "date", date)


@mutant("L7", "a plus sign in an address is an error")
def _(server: Reference) -> None:
    def date(before: Any, query: Row, name: str) -> Any:
        if " " in query.get(name, ""):
            raise Refusal(400, "A date has no blank in it.")
        return before(query, name)

    replaces(server, "date", date)


@mutant("L8", "404 for nothing")
def _(server: Reference) -> None:
    def listed(before: Any, query: Row) -> Any:
        rows, more = before(query)
        if not rows:
            raise Refusal(404, "There are no requests.")
        return rows, more

    replaces(server, "listed", listed)


@mutant("L8", "null for nothing")
def _(server: Reference) -> None:
    edits(server, "requests.json", lambda whole: whole or None)


@mutant("L9", "pages that move when reports come in")
def _(server: Reference) -> None:
    def listing(before: Any, asked: Asked, rows: list[Row], headers: Row) -> Any:
        return before(asked, rows, {})

    replaces(server, "listing", listing)


@mutant("L9", "a row lost at every page's end")
def _(server: Reference) -> None:
    def listed(before: Any, query: Row) -> Any:
        rows, more = before(query)
        return (rows[:-1] if more and len(rows) > 1 else rows), more

    replaces(server, "listed", listed)
    server.next_page = lambda asked, rows: ""  # type: ignore[method-assign]


@mutant("L10", "404 after the last page")
def _(server: Reference) -> None:
    def listed(before: Any, query: Row) -> Any:
        rows, more = before(query)
        if not rows and "page" in query:
            raise Refusal(404, "There is no such page.")
        return rows, more

    replaces(server, "listed", listed)


@mutant("L11", "updated_after within what is new alone")
def _(server: Reference) -> None:
    def in_changes(before: Any, row: Row, query: Row) -> Any:
        after = server.date(query, "updated_after")
        return before(row, query) and (after is None or row["requested_datetime"] >= after)

    replaces(server, "in_changes", in_changes)


@mutant("L12", "latitude first")
def _(server: Reference) -> None:
    def in_box(before: Any, row: Row, query: Row) -> Any:
        if "bbox" in query:
            south, west, north, east = query["bbox"].split(",")
            query = {**query, "bbox": f"{west},{south},{east},{north}"}
        return before(row, query)

    replaces(server, "in_box", in_box)


@mutant("L13", "the mail address in its field")
def _(server: Reference) -> None:
    replaces(
        server,
        "shown",
        lambda before, row, query: {**before(row, query), "email": "someone@example.org"},
    )


@mutant("L13", "the name at the end of the description")
def _(server: Reference) -> None:
    def keep(before: Any, form: Row) -> Any:
        signed = f"{form.get('description')} {form.get('last_name', '')}"
        return before({**form, "description": signed})

    replaces(server, "keep", keep)


@mutant("L14", "private requests in the list")
def _(server: Reference) -> None:
    server.requests["HUSH42"]["hidden"] = False


@mutant("L14", "a private request among ids")
def _(server: Reference) -> None:
    def listed(before: Any, query: Row) -> Any:
        if query.get("service_request_id") == "HUSH42":
            return [server.requests["HUSH42"]], False
        return before(query)

    replaces(server, "listed", listed)


@mutant("L15", "fractions of seconds")
def _(server: Reference) -> None:
    rewrites(server, "requests", lambda text: re.sub(r"(T\d\d:\d\d:\d\d)Z", r"\1.5Z", text))


@mutant("L15", "times without a zone")
def _(server: Reference) -> None:
    rewrites(server, "requests.xml", lambda text: re.sub(r"(T\d\d:\d\d:\d\d)Z", r"\1", text))


@mutant("L16", "empty fields are left out")
def _(server: Reference) -> None:
    def shown(before: Any, row: Row, query: Row) -> Any:
        return {name: value for name, value in before(row, query).items() if value is not None}

    replaces(server, "shown", shown)


@mutant("L16", "an inner word as status")
def _(server: Reference) -> None:
    rewrites(server, "requests", lambda text: text.replace(">open<", ">in_progress<"))


# --- one request ----------------------------------------------------------------------------------


@mutant("I1", "an object, not an array")
def _(server: Reference) -> None:
    edits(server, "requests/", lambda whole: whole[0])


@mutant("I2", "an empty list for an unknown id")
def _(server: Reference) -> None:
    def before(asked: Asked) -> Reply | None:
        unknown = "no-such-request" in asked.path
        return server.many(asked.fmt, "service_requests", "request", []) if unknown else None

    server.before.append(before)


@mutant("I2", "other words for a hidden request")
def _(server: Reference) -> None:
    def before(asked: Asked) -> Reply | None:
        hidden = "HUSH42" in asked.path
        return server.errors(404, ["You may not see this."], asked.fmt) if hidden else None

    server.before.append(before)


@mutant("I3", "a merged request is gone")
def _(server: Reference) -> None:
    def before(asked: Asked) -> Reply | None:
        merged = "requests/Q7XK05" in asked.path
        return server.errors(404, ["It was merged."], asked.fmt) if merged else None

    server.before.append(before)


@mutant("I4", "capitals alone")
def _(server: Reference) -> None:
    replaces(server, "item", lambda before, id_: before(id_) if id_ == id_.upper() else None)


# --- errors ---------------------------------------------------------------------------------------


@mutant("E1", "errors as pages")
def _(server: Reference) -> None:
    def after(asked: Asked, reply: Reply) -> Reply:
        return html(reply.status)(asked) if reply.status >= 400 else reply

    server.after.append(after)


@mutant("E1", "one object with a detail")
def _(server: Reference) -> None:
    def after(asked: Asked, reply: Reply) -> Reply:
        if reply.status >= 400 and asked.fmt == "json":
            reply.body = b'{"detail": "Something is wrong here."}'
        return reply

    server.after.append(after)


@mutant("E1", "errors without a code")
def _(server: Reference) -> None:
    def after(asked: Asked, reply: Reply) -> Reply:
        if reply.status >= 400:
            reply.body = re.sub(rb"<code>\d+</code>", b"<code/>", reply.body)
        return reply

    server.after.append(after)


@mutant("E2", "a page for an unknown address")
def _(server: Reference) -> None:
    answers(server, "GET", "no-such-resource", html(404))


@mutant("E2", "403 for an unknown address")
def _(server: Reference) -> None:
    answers(
        server,
        "GET",
        "services/a/b/c",
        lambda asked: server.errors(403, ["There is no way in."], asked.fmt),
    )


@mutant("E3", "a wrong method is taken for a reading")
def _(server: Reference) -> None:
    replaces(server, "only_get", lambda before, asked: None)


@mutant("E3", "a page for a wrong method")
def _(server: Reference) -> None:
    answers(server, "POST", "services", html(405))


@mutant("E4", "429 without Retry-After")
def _(server: Reference) -> None:
    replaces(server, "throttled", lambda before, fmt: Reply(429, before(fmt).body, {}))


@mutant("E5", "errors that are not escaped")
def _(server: Reference) -> None:
    replaces(server, "escaped", lambda before, text: text)


@mutant("E6", "a word for programs")
def _(server: Reference) -> None:
    replaces(
        server, "errors", lambda before, status, words, fmt: before(status, ["BAD_INPUT"], fmt)
    )


@mutant("E6", "the inside of a program")
def _(server: Reference) -> None:
    words = ["Traceback of the last call: KeyError in line 7"]
    replaces(server, "errors", lambda before, status, _, fmt: before(status, words, fmt))


# --- updates --------------------------------------------------------------------------------------


@mutant("U1", "the dates are ignored")
def _(server: Reference) -> None:
    replaces(server, "updates_between", lambda before, query: server.updates)


@mutant("U1", "the end is not included")
def _(server: Reference) -> None:
    def between(before: Any, query: Row) -> Any:
        end = server.date(query, "end_date")
        return [row for row in before(query) if end is None or row["updated_datetime"] < end]

    replaces(server, "updates_between", between)


@mutant("U2", "a new id with every reading")
def _(server: Reference) -> None:
    count = iter(range(10**6))

    def between(before: Any, query: Row) -> Any:
        return [{**row, "update_id": f"n{next(count)}"} for row in before(query)]

    replaces(server, "updates_between", between)


@mutant("U2", "the same id for all")
def _(server: Reference) -> None:
    replaces(
        server,
        "updates_between",
        lambda before, query: [{**row, "update_id": "u"} for row in before(query)],
    )


@mutant("U3", "late updates under their own time")
def _(server: Reference) -> None:
    replaces(
        server, "visible_at", lambda before, form: server.date(form, "updated_datetime") or now()
    )


@mutant("U4", "an update twice")
def _(server: Reference) -> None:
    def take(before: Any, form: Row) -> Any:
        server.sent.clear()
        return before(form)

    replaces(server, "take_update", take)


@mutant("U4", "the same update is an error")
def _(server: Reference) -> None:
    def take(before: Any, form: Row) -> Any:
        if form["update_id"] in server.sent:
            raise Refusal(400, "This update exists already.")
        return before(form)

    replaces(server, "take_update", take)


@mutant("U5", "capitals")
def _(server: Reference) -> None:
    server.updates[0]["status"] = "CLOSED"


@mutant("U6", "objects for photos")
def _(server: Reference) -> None:
    server.updates[0]["media_url"] = {"url": "https://x.example.org/1.jpg"}


@mutant("U7", "notes among staff in the list")
def _(server: Reference) -> None:
    server.updates[0]["description"] = f"Done; {ref.NOTE}."


@mutant("U7", "who wrote")
def _(server: Reference) -> None:
    server.updates[0]["email"] = "crew@example.org"


@mutant("U8", "REOPEN is a comment")
def _(server: Reference) -> None:
    replaces(server, "reopen", lambda before, about: None)
