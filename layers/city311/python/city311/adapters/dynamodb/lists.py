"""Lists from the indexes: the public ones newest first, the queues due first."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from city311.adapters import cursors
from city311.adapters.cursors import MOST_ROWS
from city311.adapters.dynamodb import keys, plans
from city311.adapters.dynamodb.items import PUBLIC_ATTRIBUTES, public_from, request_from
from city311.adapters.dynamodb.table import BATCH, Table, Terms
from city311.adapters.dynamodb.values import MOMENT, Item
from city311.adapters.dynamodb.walks import walked
from city311.domain.lifecycle import Status
from city311.domain.request import PublicRequest, ServiceRequest
from city311.ports import ListQuery, Page, WorkItem

PUBLIC_ONLY = "requested_bucket"
"""An attribute that no private request has: what to ask for beside the public ones, and need."""


def listed(table: Table, query: ListQuery) -> Page[PublicRequest]:
    """A page of the public list."""
    within = cursors.span(query)
    walk = walked(table, plans.ways(query, within), within, query.limit + 1)
    rows, reach = walk.rows[: query.limit], walk.reach
    if len(walk.rows) > query.limit:
        reach = rows[-1][0]
    cursor = cursors.list_cursor(query, reach, walk.skip) if reach else None
    return Page(rows=tuple(public_from(row) for _, row in rows), cursor=cursor)


def by_ids(table: Table, service_request_ids: Iterable[str]) -> Sequence[PublicRequest]:
    """The public ones of these requests, in the order asked, each once."""
    wanted = (*PUBLIC_ATTRIBUTES, PUBLIC_ONLY)
    items = _in_order(table, service_request_ids, wanted)
    return tuple(public_from(item) for item in items if PUBLIC_ONLY in item)


def many(table: Table, service_request_ids: Iterable[str]) -> Sequence[ServiceRequest]:
    """Those of these requests that exist, private ones too, in the order asked, each once."""
    return tuple(request_from(item) for item in _in_order(table, service_request_ids, ()))


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
        start = keys.request(due_key.partition("#")[2])
        start |= {"queue": {"S": queue}, "due_key": {"S": due_key}}
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


def _in_order(
    table: Table, service_request_ids: Iterable[str], attributes: Iterable[str]
) -> Iterator[Item]:
    ids, names = list(dict.fromkeys(service_request_ids)), tuple(attributes)
    found: dict[str, Item] = {}
    for at in range(0, len(ids), BATCH):
        wanted = [keys.request(each) for each in ids[at : at + BATCH]]
        found |= {item["service_request_id"]["S"]: item for item in table.batch(wanted, names)}
    return (found[each] for each in ids if each in found)


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
