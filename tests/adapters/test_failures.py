"""What AWS says when it cannot, and what the cabinet makes of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from city311.adapters.dynamodb import streams, walks
from city311.adapters.dynamodb.items import PUBLIC_ATTRIBUTES, request_item
from city311.adapters.dynamodb.lists import PUBLIC_ONLY
from city311.adapters.dynamodb.people import event_item
from city311.adapters.dynamodb.placed import places
from city311.adapters.dynamodb.requests import DynamoRequests
from city311.adapters.dynamodb.table import Cancelled
from city311.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from city311.domain.ids import digest
from city311.domain.ledger import LedgerState
from city311.ports import Accepted, Claim
from tests.adapters.building import (
    NOON,
    a_change,
    a_key,
    a_message,
    a_photo,
    a_query,
    a_request,
    an_acceptance,
    an_event,
    an_id,
    the_public,
)
from tests.adapters.conftest import Cabinet, a_client, dynamo_cabinet
from tests.adapters.costs import fill
from tests.adapters.plan import TABLE
from tests.adapters.wire import Wire, cut_before, lost_answer, refuse


@pytest.fixture
def wire(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """A wire to the table on which the SDK does not wait between attempts."""
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _: None))
    return Wire(a_client("dynamodb"), "dynamodb")


@pytest.fixture
def behind(wire: Wire) -> Cabinet:
    """The cabinet behind that wire."""
    return dynamo_cabinet(wire.client)


OPERATIONS: dict[str, Callable[[Cabinet], object]] = {
    "accept": lambda c: c.requests.accept(an_acceptance()),
    "get": lambda c: c.requests.get(an_id(1)),
    "public": lambda c: c.requests.public(an_id(1)),
    "change": lambda c: c.requests.change(a_change(a_request())),
    "settle": lambda c: c.requests.settle(an_id(1), 1, 1, until=None),
    "events": lambda c: c.requests.events(an_id(1)),
    "listed": lambda c: c.requests.listed(a_query()),
    "by_ids": lambda c: c.requests.by_ids([an_id(1)]),
    "many": lambda c: c.requests.many([an_id(1)]),
    "nearby": lambda c: c.requests.nearby(["9zm3uy"], NOON),
    "work": lambda c: c.requests.work("streets", limit=5),
    "resident": lambda c: c.residents.get(an_id(1)),
    "erase": lambda c: c.residents.erase(an_id(1)),
    "token": lambda c: c.tokens.get(an_id(1), 1),
    "claim": lambda c: c.ledger.claim(a_message(), NOON),
    "mark": lambda c: c.ledger.mark(a_message().ledger_id, LedgerState.SENT),
    "due": lambda c: c.watch.requests_due(NOON, 5),
    "clean": lambda c: c.photos.clean(a_photo()),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_no_answer_at_all_is_unavailable(
    wire: Wire, behind: Cabinet, operation: Callable[[Cabinet], object]
) -> None:
    wire.faults.extend([cut_before] * 3)

    with pytest.raises(Unavailable) as said:
        operation(behind)

    assert wire.attempts == 3
    assert "://" not in said.value.message


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("RequestLimitExceeded", 400),
        ("TransactionInProgressException", 400),
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
        ("SomethingNew", 502),
        ("TooManyThings", 429),
    ],
)
def test_a_table_that_is_too_busy_is_unavailable(
    wire: Wire, behind: Cabinet, code: str, status: int
) -> None:
    wire.faults.extend([refuse(code, status)] * 3)

    with pytest.raises(Unavailable):
        behind.requests.accept(an_acceptance())

    assert wire.attempts == 3
    with pytest.raises(NotFound):
        behind.requests.get(an_id(1))


def test_a_hiccup_is_not_seen(wire: Wire, behind: Cabinet) -> None:
    wire.faults.extend([cut_before, refuse("ThrottlingException")])

    assert behind.requests.accept(an_acceptance()).new


@pytest.mark.parametrize(
    "code", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"]
)
def test_a_bug_crashes(wire: Wire, behind: Cabinet, code: str) -> None:
    wire.faults.append(refuse(code))

    with pytest.raises(ClientError, match=code):
        behind.requests.get(an_id(1))

    assert wire.attempts == 1


def test_an_acceptance_whose_answer_is_lost_is_accepted_once(wire: Wire, behind: Cabinet) -> None:
    wire.faults.append(lost_answer)

    accepted = behind.requests.accept(an_acceptance())

    assert accepted == Accepted(service_request_id=an_id(1), new=True)
    assert len(behind.requests.events(an_id(1))) == 1


def test_a_post_repeated_after_every_answer_was_lost_finds_the_first(
    wire: Wire, behind: Cabinet
) -> None:
    first = an_acceptance()
    wire.faults.extend([lost_answer, lost_answer, lost_answer])
    with pytest.raises(Unavailable):
        behind.requests.accept(first)

    again = an_acceptance(a_request(service_request_id=an_id(2)), key=first.key)

    assert behind.requests.accept(again) == Accepted(service_request_id=an_id(1), new=False)


def test_a_change_whose_answer_is_lost_is_made_once(wire: Wire, behind: Cabinet) -> None:
    acceptance = an_acceptance()
    behind.requests.accept(acceptance)
    wire.faults.append(lost_answer)
    change = a_change(acceptance.request)

    behind.requests.change(change)

    assert behind.requests.get(an_id(1)) == change.request
    assert len(behind.requests.events(an_id(1))) == 2


def test_a_claim_whose_answer_is_lost_is_held_until_its_lease_ends(
    wire: Wire, behind: Cabinet
) -> None:
    wire.faults.append(lost_answer)

    assert behind.ledger.claim(a_message(), NOON) is Claim.HELD
    assert behind.ledger.claim(a_message(), a_message().lease_until) is Claim.YOURS


def test_one_call_of_the_sdk_carries_one_token(wire: Wire, behind: Cabinet) -> None:
    wire.faults.extend([cut_before, cut_before])
    behind.requests.accept(an_acceptance())

    tokens = [json.loads(body)["ClientRequestToken"] for body in wire.bodies]
    assert len(tokens) == 3
    assert len(set(tokens)) == 1


@pytest.mark.parametrize("name", ["settle", "mark", "claim", "clean", "erase"])
def test_a_single_write_in_the_way_of_a_transaction_is_a_conflict(
    wire: Wire, behind: Cabinet, name: str
) -> None:
    wire.faults.append(refuse("TransactionConflictException"))

    with pytest.raises(Conflict):
        OPERATIONS[name](behind)


def cancelled(stub: Stubber, *codes: str) -> None:
    """The next transaction is refused for these reasons."""
    stub.add_client_error(
        "transact_write_items",
        service_error_code="TransactionCanceledException",
        http_status_code=400,
        modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
    )


@pytest.fixture
def stubbed(aws: None) -> tuple[DynamoRequests, Stubber]:
    client = a_client("dynamodb")
    stub = Stubber(client)
    stub.activate()
    return DynamoRequests(client, TABLE), stub


CODES: dict[str, tuple[tuple[str, ...], type[Exception]]] = {
    "photo busy": (("None", "None", "None", "None", "TransactionConflict"), Conflict),
    "request busy": (("None", "TransactionConflict", "None", "None"), Conflict),
    "throttled": (("None", "ThrottlingError", "None", "None"), Unavailable),
    "no room": (("ProvisionedThroughputExceeded", "None", "None", "None"), Unavailable),
    "malformed": (("None", "ValidationError", "None", "None"), Cancelled),
}


@pytest.mark.parametrize(("codes", "error"), CODES.values(), ids=CODES)
def test_why_an_acceptance_was_cancelled(
    stubbed: tuple[DynamoRequests, Stubber], codes: tuple[str, ...], error: type[Exception]
) -> None:
    requests, stub = stubbed
    cancelled(stub, *codes)

    with pytest.raises(error):
        requests.accept(an_acceptance())

    stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        (("TransactionConflict", "None"), Conflict),
        (("None", "ThrottlingError"), Unavailable),
        (("None", "ValidationError"), Cancelled),
    ],
)
def test_why_a_change_was_cancelled(
    stubbed: tuple[DynamoRequests, Stubber], codes: tuple[str, ...], error: type[Exception]
) -> None:
    requests, stub = stubbed
    cancelled(stub, *codes)

    with pytest.raises(error):
        requests.change(a_change(a_request()))


def test_a_key_that_is_being_written_is_read_before_giving_up(
    stubbed: tuple[DynamoRequests, Stubber],
) -> None:
    requests, stub = stubbed
    key = {
        "content": {"B": bytes.fromhex(digest("content"))},
        "service_request_id": {"S": an_id(7)},
        "ttl": {"N": "9999999999"},
    }
    for item in (key, None, key | {"ttl": {"N": "1"}}):
        cancelled(stub, "TransactionConflict", "None", "None", "None")
        stub.add_response("get_item", {"Item": item} if item else {})

    acceptance = an_acceptance(key=a_key())
    assert requests.accept(acceptance) == Accepted(service_request_id=an_id(7), new=False)
    for _ in range(2):
        with pytest.raises(Conflict):
            requests.accept(acceptance)


def test_keys_left_over_are_asked_for_again(stubbed: tuple[DynamoRequests, Stubber]) -> None:
    requests, stub = stubbed
    one, two = ({"pk": {"S": f"REQ#{each}"}, "sk": {"S": "META"}} for each in ("1", "2"))
    stub.add_response(
        "batch_get_item",
        {"Responses": {TABLE: []}, "UnprocessedKeys": {TABLE: {"Keys": [two]}}},
        {"RequestItems": {TABLE: {"Keys": [one, two], **_projected()}}},
    )
    stub.add_response(
        "batch_get_item",
        {"Responses": {}, "UnprocessedKeys": {}},
        {"RequestItems": {TABLE: {"Keys": [two]}}},
    )

    assert requests.by_ids(["1", "2"]) == ()
    stub.assert_no_pending_responses()


def test_keys_that_stay_left_over_are_a_throttled_table(
    stubbed: tuple[DynamoRequests, Stubber],
) -> None:
    requests, stub = stubbed
    one = {"pk": {"S": "REQ#1"}, "sk": {"S": "META"}}
    left = {"Responses": {}, "UnprocessedKeys": {TABLE: {"Keys": [one]}}}
    stub.add_response("batch_get_item", left)

    with pytest.raises(Unavailable):
        requests.by_ids(["1"])


def _projected() -> dict[str, Any]:
    names = (*PUBLIC_ATTRIBUTES, PUBLIC_ONLY)
    return {
        "ProjectionExpression": ", ".join(f"#{name}" for name in names),
        "ExpressionAttributeNames": {f"#{name}": name for name in names},
    }


def test_a_filter_that_finds_nothing_stops_and_can_go_on(
    filed: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "READS", 2)
    monkeypatch.setattr(streams, "FIRST_READ", 3)
    monkeypatch.setattr(streams, "_LARGEST_READ", 4)
    fill(filed, range(1, 21))
    query = a_query(agency="Nobody", limit=1)
    pages = 0
    while True:
        page = filed.requests.listed(query)
        pages += 1
        assert page.rows == ()
        if page.cursor is None:
            break
        query = replace(query, after=page.cursor)

    assert 2 <= pages <= 12


def test_a_bad_cursor_costs_no_call(wire: Wire, behind: Cabinet) -> None:
    with pytest.raises(InvalidInput):
        behind.requests.listed(a_query(after="x"))

    assert wire.attempts == 0


def test_a_chain_longer_than_one_read_is_read_to_its_end(
    stubbed: tuple[DynamoRequests, Stubber],
) -> None:
    requests, stub = stubbed
    events = [an_event(a_request(seq=seq)) for seq in (1, 2, 3)]
    first, last = ([event_item(event) for event in part] for part in (events[:2], events[2:]))
    key = {name: first[-1][name] for name in ("pk", "sk")}
    asked = {
        "TableName": TABLE,
        "KeyConditionExpression": "#pk = :v0",
        "ExpressionAttributeNames": {"#pk": "pk"},
        "ExpressionAttributeValues": {":v0": {"S": f"AUD#{an_id(1)}"}},
        "ConsistentRead": True,
        "ScanIndexForward": True,
    }
    stub.add_response("query", {"Items": first, "LastEvaluatedKey": key}, asked)
    stub.add_response("query", {"Items": last}, asked | {"ExclusiveStartKey": key})

    assert requests.events(an_id(1)) == tuple(events)


def test_a_cell_is_read_on_until_it_ends_or_holds_enough(
    stubbed: tuple[DynamoRequests, Stubber],
) -> None:
    requests, stub = stubbed
    request = a_request()
    row = request_item(request, the_public(request)) | places(request, the_public(request))
    key = {"pk": {"S": "REQ#1"}, "sk": {"S": "META"}}
    stub.add_response("query", {"Items": [row] * 600, "LastEvaluatedKey": key})
    stub.add_response("query", {"Items": [row] * 400, "LastEvaluatedKey": key})

    assert len(requests.nearby(["9zm3uy"], NOON)) == 1_000
    stub.assert_no_pending_responses()
