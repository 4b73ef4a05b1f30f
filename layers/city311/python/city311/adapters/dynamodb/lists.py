"""Lists from the indexes: the public ones newest first, the queues due first."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from city311.adapters import cursors
from city311.adapters.cursors import MOST_ROWS, Span
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.items import PUBLIC_ATTRIBUTES, public_from
from city311.adapters.dynamodb.table import BATCH, Table, Terms
from city311.adapters.dynamodb.values import MOMENT, Item
from city311.domain.lifecycle import PUBLIC, Status
from city311.domain.request import PublicRequest
from city311.ports import ListQuery, Page, WorkItem

READS = 40
"""Reads for one page; a filter that finds little gives a short page and a cursor to go on."""
_FIRST_READ, _LARGEST_READ = 100, 10_000
_IN_AT_MOST = 100


def listed(table: Table, query: ListQuery) -> Page[PublicRequest]:
    """A page of the public list."""
    index = keys.UPDATED if query.by_updated else keys.REQUESTED
    rows, stopped = _walked(table, query, index)
    if len(rows) > query.limit:
        rows = rows[: query.limit]
        stopped = rows[-1]
    cursor = cursors.list_cursor(query, stopped[f"{index}_key"]["S"]) if stopped else None
    return Page(rows=tuple(public_from(row) for row in rows), cursor=cursor)


def by_ids(table: Table, service_request_ids: Iterable[str]) -> Sequence[PublicRequest]:
    """The public ones of these requests, in the order asked, each once."""
    ids = list(dict.fromkeys(service_request_ids))
    found: dict[str, Item] = {}
    for at in range(0, len(ids), BATCH):
        wanted = [keys.request(each) for each in ids[at : at + BATCH]]
        for item in table.batch(wanted, (*PUBLIC_ATTRIBUTES, "requested_month")):
            if "requested_month" in item:
                found[item["service_request_id"]["S"]] = item
    return tuple(public_from(found[each]) for each in ids if each in found)


def nearby(table: Table, cells: Iterable[str], since: datetime) -> Sequence[PublicRequest]:
    """Public requests in these cells, newest first, at most 1,000 a cell."""
    rows: list[Item] = []
    for cell in dict.fromkeys(cells):
        terms = Terms()
        low = terms.value({"S": cursors.not_before(since)})
        condition = f"{terms.equal('cell', {'S': cell})} AND {terms.name('requested_key')} >= {low}"
        rows += _at_most(table, condition, terms, keys.NEARBY, MOST_ROWS)
    rows.sort(key=lambda row: str(row["requested_key"]["S"]), reverse=True)
    return tuple(public_from(row) for row in rows)


def work(table: Table, queue: str, *, limit: int, after: str | None) -> Page[WorkItem]:
    """A page of a queue, due first."""
    cursors.check_limit(limit)
    start: Item | None = None
    if after:
        due_key = cursors.decoded(cursors.work_kind(queue), after)
        start = _position(due_key) | {"queue": {"S": queue}, "due_key": {"S": due_key}}
    terms = Terms()
    rows, _ = table.query(
        terms.equal("queue", {"S": queue}),
        terms,
        IndexName=keys.WORK,
        Limit=limit + 1,
        ExclusiveStartKey=start,
    )
    more = len(rows) > limit
    rows = rows[:limit]
    cursor = cursors.encoded(cursors.work_kind(queue), rows[-1]["due_key"]["S"]) if more else None
    return Page(rows=tuple(_work_item(row) for row in rows), cursor=cursor)


def _walked(table: Table, query: ListQuery, index: str) -> tuple[list[Item], Item | None]:
    """At most one row more than asked; and where it stopped, if it ran out of reads."""
    within = cursors.span(query)
    start = _list_position(index, within.after) if within.after else None
    rows: list[Item] = []
    reads = 0
    for month in within.months():
        more = True
        while more and len(rows) <= query.limit:
            if reads >= READS and start is not None:
                return rows, start
            terms = Terms()
            condition = _in_month(terms, index, month, within)
            found, start = table.query(
                condition,
                terms,
                IndexName=index,
                newest_first=True,
                FilterExpression=_filter(terms, query),
                Limit=_read_size(query, len(rows), reads),
                ExclusiveStartKey=start,
            )
            rows += found
            reads += 1
            more = start is not None
    return rows, None


def _in_month(terms: Terms, index: str, month: str, within: Span) -> str:
    equal = terms.equal(f"{index}_month", {"S": month})
    low, high = (terms.value({"S": bound}) for bound in (within.low, within.high))
    return f"{equal} AND {terms.name(f'{index}_key')} BETWEEN {low} AND {high}"


def _filter(terms: Terms, query: ListQuery) -> str:
    statuses = [status for status in Status if PUBLIC[status] in query.statuses]
    parts = (
        _one_of(terms, "service_code", sorted(query.service_codes)),
        _one_of(terms, "status", statuses),
    )
    return " AND ".join(part for part in parts if part)


def _one_of(terms: Terms, attribute: str, words: Sequence[str]) -> str:
    lists = [words[at : at + _IN_AT_MOST] for at in range(0, len(words), _IN_AT_MOST)]
    name = terms.name(attribute) if words else ""
    parts = [
        f"{name} IN ({', '.join(terms.value({'S': str(word)}) for word in each)})" for each in lists
    ]
    return f"({' OR '.join(parts)})" if parts else ""


def _read_size(query: ListQuery, have: int, reads: int) -> int:
    if not query.service_codes and not query.statuses:
        return query.limit + 1 - have
    # A filter that found little is likely to go on finding little: read more at a time.
    size = max(_FIRST_READ, 2 * query.limit) << 2 * min(reads, 4)
    return min(size, _LARGEST_READ)


def _at_most(table: Table, condition: str, terms: Terms, index: str, most: int) -> list[Item]:
    rows: list[Item] = []
    start: Item | None = None
    while True:
        found, start = table.query(
            condition,
            terms,
            IndexName=index,
            newest_first=True,
            Limit=most - len(rows),
            ExclusiveStartKey=start,
        )
        rows += found
        if start is None or len(rows) >= most:
            return rows


def _position(sort_key: str) -> Item:
    return keys.request(sort_key.partition("#")[2])


def _list_position(index: str, sort_key: str) -> Item:
    return _position(sort_key) | {
        f"{index}_month": {"S": sort_key[:7]},
        f"{index}_key": {"S": sort_key},
    }


def _work_item(row: Item) -> WorkItem:
    def text(name: str) -> str | None:
        return row[name]["S"] if name in row else None

    return WorkItem(
        service_request_id=keys.name_of(row),
        queue=row["queue"]["S"],
        status=Status(row["status"]["S"]),
        service_code=row["service_code"]["S"],
        priority=text("priority") or "normal",
        district=text("district"),
        due_at=MOMENT.unpack(row["due_at"]),
        assignee=text("assignee"),
    )
