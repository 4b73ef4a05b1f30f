"""The service list and the definitions, read from whatever shape they come in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from cli.failures import Failure, Refused
from cli.importing import shapes
from cli.importing.bodies import Body
from cli.importing.client import Client, NotThere
from cli.importing.endpoint import LISTED, Endpoint
from cli.importing.theirs import (
    FAILED,
    MISSING,
    TheirChoice,
    TheirCondition,
    TheirQuestion,
    TheirService,
)

_PROBES = 3
"""Services without metadata whose definition is asked for all the same, since flags lie."""
_REFUSALS = 5
"""Definitions in a row that are not there, until the server counts as having none."""
_MOST_SERVICES = 5_000
_CONDITIONS = ("condition", "conditions", "conditional", "dependencies", "depends_on")
_OTHERS = ("question", "attribute", "attribute_code", "code", "field", "parent")
_ANSWERS = ("values", "value", "answers", "answer", "equals", "options")
_KEYS, _NAMES = ("key", "value", "id", "code"), ("name", "label", "text", "description", "value")


def services_in(body: Body) -> list[TheirService]:
    """The services of a list, the first of each code. Raises Failure where there is none."""
    found: dict[str, TheirService] = {}
    for record in shapes.rows(body.data, *LISTED):
        service = _service(record)
        if service.id:
            found.setdefault(service.id, service)
    if not found:
        raise Failure("The server lists no services, so there is nothing to import.")
    if len(found) > _MOST_SERVICES:
        raise Failure(f"The server lists {len(found)} services: that is no city's catalogue.")
    return list(found.values())


def _service(record: Mapping[str, Any]) -> TheirService:
    code = shapes.code(record.get("service_code"))
    return TheirService(
        code=code,
        name=shapes.text(shapes.first(record, "service_name", "name", "title"))
        or shapes.text(code),
        description=shapes.text(record.get("description")),
        metadata=shapes.flag(record.get("metadata")),
        type=shapes.text(record.get("type")).lower(),
        keywords=tuple(_split(record.get("keywords"))),
        groups=tuple(dict.fromkeys(_groups(record))),
    )


def _split(value: Any) -> Iterator[str]:
    for each in shapes.listed(value):
        for word in shapes.text(each).replace(";", ",").split(","):
            if word.strip():
                yield word.strip()


def _groups(record: Mapping[str, Any]) -> Iterator[str]:
    for each in [*shapes.listed(record.get("groups")), *shapes.listed(record.get("group"))]:
        named = shapes.first(each, "name", "group") if isinstance(each, Mapping) else each
        if shapes.text(named):
            yield shapes.text(named)


def with_definitions(
    client: Client,
    endpoint: Endpoint,
    services: list[TheirService],
    done: Callable[[int], None],
) -> list[TheirService]:
    """The services with their questions, asking no more often than it takes to be sure.

    `done` is told how many services are looked at.
    """
    definitions = _Definitions(client, endpoint)
    silent = [each for each in services if each.metadata is False and each.code]
    probed = {each.id: definitions.of(each) for each in silent[:_PROBES]}
    lies = any(each.questions for each in probed.values())
    found: list[TheirService] = []
    for place, each in enumerate(services):
        done(place)
        if each.id in probed:
            # That a service without metadata has no definition is as it should be.
            whole = probed[each.id]
            found.append(whole if whole.questions else each)
        elif (each.metadata is False and not lies) or not each.code:
            found.append(each)
        else:
            found.append(definitions.of(each))
    return found


class _Definitions:
    """Asks for definitions until it is clear that the server has none."""

    def __init__(self, client: Client, endpoint: Endpoint) -> None:
        self._client = client
        self._endpoint = endpoint
        self._missing = 0
        self._any = False

    def of(self, service: TheirService) -> TheirService:
        if self._missing >= _REFUSALS and not self._any:
            return replace(service, definition=MISSING)
        try:
            url = self._endpoint.url("services", service.code)
            body = self._client.get(url, self._endpoint.query)
        except NotThere:
            self._missing += 1
            return replace(service, definition=MISSING)
        except Refused:
            return replace(service, definition=FAILED)
        if body.kind not in ("json", "xml"):
            return replace(service, definition=FAILED)
        self._any = True
        return replace(service, questions=tuple(questions_in(body.data)))


def questions_in(data: Any) -> Iterator[TheirQuestion]:
    """The attributes of a definition, in the order of the document."""
    container = _dug(data, 0)
    records = shapes.rows(data, "datatype", "variable")
    if container is not None:
        wanted = ("code", "datatype", "variable", "description")
        records = shapes.rows(container, *wanted)
    for record in records:
        yield _question(record)


def _dug(data: Any, depth: int) -> Any:
    """What stands under `attributes` or, in the older layout, under `attribute`."""
    if depth > 4:
        return None
    if isinstance(data, list):
        return next((found for each in data if (found := _dug(each, depth + 1)) is not None), None)
    if isinstance(data, Mapping):
        for name in ("attributes", "attribute"):
            if isinstance(data.get(name), list | Mapping):
                return data[name]
        return _dug([each for each in data.values() if isinstance(each, Mapping)], depth + 1)
    return None


def _question(record: Mapping[str, Any]) -> TheirQuestion:
    rule = next((record[name] for name in _CONDITIONS if record.get(name)), None)
    return TheirQuestion(
        code=shapes.code(record.get("code")),
        datatype=shapes.text(shapes.first(record, "datatype", "data_type", "type")).lower(),
        variable=shapes.flag(record.get("variable")) is not False,
        required=shapes.flag(record.get("required")) is True,
        order=shapes.number(record.get("order")),
        text=shapes.text(shapes.first(record, "description", "label", "name")).rstrip(": "),
        hint=shapes.text(record.get("datatype_description")),
        choices=tuple(_choices(record.get("values"))),
        automatic=bool(record.get("automated")),
        conditional=rule is not None and shapes.flag(rule) is not False,
        when=_condition(rule),
    )


def _choices(value: Any) -> Iterator[TheirChoice]:
    given = shapes.listed(value)
    if len(given) == 1 and isinstance(given[0], Mapping) and not shapes.first(given[0], *_KEYS):
        given = [{"key": key, "name": name} for key, name in given[0].items()]
    for each in given:
        if isinstance(each, Mapping):
            key = shapes.code(shapes.first(each, *_KEYS))
            name = shapes.text(shapes.first(each, *_NAMES))
        else:
            key, name = shapes.code(each), shapes.text(each)
        if key or name:
            yield TheirChoice(key=key or name, name=name or shapes.text(key))


def _condition(rule: Any) -> TheirCondition | None:
    """What a rule of one question and its values says; None for any other rule."""
    rules = [each for each in shapes.listed(rule) if isinstance(each, Mapping)]
    if len(rules) != 1:
        return None
    question = shapes.code(shapes.first(rules[0], *_OTHERS))
    values = tuple(shapes.code(each) for each in shapes.listed(shapes.first(rules[0], *_ANSWERS)))
    values = tuple(each for each in values if each)
    return TheirCondition(question=question, values=values) if question and values else None
