"""The engine that reads are measured on answers and charges as AWS publishes that DynamoDB does."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from benchmarks.engine import local, sizes
from benchmarks.engine.client import PAGE_BYTES, Client
from benchmarks.engine.expressions import Wrong
from benchmarks.engine.table import Table
from benchmarks.proof import Both

INDEXES = {
    "by_group": ("group", "at", ("word", "size")),
    "keys_only": ("group", "word", ()),
}


def an_item(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "pk": {"S": f"P#{number:05}"},
        "sk": {"S": "META"},
        "group": {"S": "a"},
        "at": {"S": f"{number:05}"},
        "word": {"S": ("red", "green", "blue")[number % 3]},
        "size": {"N": str(number)},
        "text": {"S": "x" * 400},
        **changes,
    }


def a_client(*items: dict[str, Any]) -> Client:
    client = Client(Table(INDEXES))
    for item in items:
        client.table.load(item)
    return client


@pytest.fixture
def client() -> Client:
    return a_client(*(an_item(number) for number in range(100)))


def in_group(client: Client, **params: Any) -> dict[str, Any]:
    values = {":g": {"S": "a"}, **params.pop("values", {})}
    condition = params.pop("condition", "#g = :g")
    names = {"#g": "group", **params.pop("names", {})}
    return client.query(
        TableName="t",
        IndexName=params.pop("index", "by_group"),
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ExpressionAttributeNames=names,
        **params,
    )


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "é漢"}, 5),
        ({"N": "0"}, 1),
        ({"N": "12"}, 2),
        ({"N": "123"}, 3),
        ({"N": "100"}, 2),
        ({"N": "1000"}, 2),
        ({"N": "-12"}, 3),
        ({"N": "0.001"}, 2),
        ({"N": "1.5"}, 3),
        ({"N": "41.123456"}, 5),
        ({"N": "-93.654321"}, 6),
        ({"N": "1E10"}, 2),
        ({"N": "9" * 38}, 20),
        ({"B": b"1234"}, 4),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"BS": [b"ab"]}, 2),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 8),
        ({"M": {}}, 3),
        ({"M": {"ab": {"S": "c"}}}, 7),
    ],
)
def test_a_value_weighs_what_aws_says(value: dict[str, Any], size: int) -> None:
    """What DynamoDB Local 1.25.1 counts too: found by padding an item to the edge of a unit."""
    assert sizes.value_size(value) == size
    assert sizes.item_size({"name": value}) == 4 + size


@pytest.mark.parametrize(
    ("size", "consistent", "units"),
    [
        (0, True, 1.0),
        (0, False, 0.5),
        (4096, True, 1.0),
        (4096, False, 0.5),
        (4097, True, 2.0),
        (4097, False, 1.0),
        (1_048_576, False, 128.0),
    ],
)
def test_reads_are_rounded_up_to_4_kb_and_eventual_ones_cost_half(
    size: int, units: float, *, consistent: bool
) -> None:
    assert sizes.units(size, consistent=consistent) == units


def test_a_query_is_rounded_up_as_a_whole_and_a_batch_item_by_item(client: Client) -> None:
    keys = [{"pk": {"S": f"P#{number:05}"}, "sk": {"S": "META"}} for number in range(10)]

    queried = in_group(client, Limit=10)
    batched = client.batch_get_item(RequestItems={"t": {"Keys": keys}})

    assert queried["ConsumedCapacity"]["CapacityUnits"] == 0.5
    assert batched["ConsumedCapacity"][0]["CapacityUnits"] == 10 * 0.5


def test_an_index_entry_weighs_its_own_attributes_and_the_keys_of_index_and_table() -> None:
    item = an_item(1, text={"S": "x" * 100_000})
    client = a_client(item)
    held = {name: item[name] for name in ("pk", "sk", "group", "at", "word", "size")}

    answer = in_group(client)
    narrow = in_group(client, index="keys_only")

    assert answer["Items"] == [held]
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 0.5
    assert set(narrow["Items"][0]) == {"pk", "sk", "group", "word"}


def test_what_has_no_key_of_an_index_is_not_in_it() -> None:
    whole, sparse = an_item(1), an_item(2)
    del sparse["at"]

    answer = in_group(a_client(whole, sparse))

    assert [item["pk"]["S"] for item in answer["Items"]] == ["P#00001"]


def test_filters_and_projections_save_nothing(client: Client) -> None:
    plain = in_group(client)
    filtered = in_group(
        client, FilterExpression="word = :w", values={":w": {"S": "red"}}, Limit=100
    )
    projected = in_group(client, ProjectionExpression="pk")

    assert (filtered["Count"], filtered["ScannedCount"]) == (34, 100)
    assert (
        filtered["ConsumedCapacity"] == plain["ConsumedCapacity"] == projected["ConsumedCapacity"]
    )
    assert projected["Items"][0] == {"pk": {"S": "P#00000"}}


def test_a_limit_counts_what_is_looked_at(client: Client) -> None:
    answer = in_group(client, FilterExpression="word = :w", values={":w": {"S": "red"}}, Limit=4)

    assert (answer["Count"], answer["ScannedCount"]) == (2, 4)
    assert answer["LastEvaluatedKey"]["at"] == {"S": "00003"}


def test_a_page_ends_at_one_megabyte() -> None:
    client = a_client(*(an_item(number, word={"S": "x" * 300_000}) for number in range(6)))

    answer = in_group(client)

    assert answer["Count"] == 4
    assert sum(map(sizes.item_size, answer["Items"])) > PAGE_BYTES
    assert answer["LastEvaluatedKey"]["at"] == {"S": "00003"}
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 147.0


@pytest.mark.parametrize("forward", [True, False])
def test_pages_go_on_where_the_last_one_ended(client: Client, *, forward: bool) -> None:
    start, seen = None, []
    for _ in range(20):
        more = {"ExclusiveStartKey": start} if start else {}
        answer = in_group(client, Limit=7, ScanIndexForward=forward, **more)
        seen += [item["at"]["S"] for item in answer["Items"]]
        start = answer.get("LastEvaluatedKey")
        if start is None:
            break

    expected = [f"{number:05}" for number in range(100)]
    assert seen == (expected if forward else expected[::-1])


def test_rows_that_come_and_go_between_pages_move_nothing(client: Client) -> None:
    first = in_group(client, Limit=10, ScanIndexForward=False)
    client.put_item(Item=an_item(500))
    client.put_item(Item=an_item(95, group={"S": "b"}))
    client.table.delete(("P#00090", "META"))

    after = in_group(
        client, Limit=3, ScanIndexForward=False, ExclusiveStartKey=first["LastEvaluatedKey"]
    )

    assert first["LastEvaluatedKey"]["at"] == {"S": "00090"}
    assert [item["at"]["S"] for item in after["Items"]] == ["00089", "00088", "00087"]
    assert in_group(client, Limit=1, ScanIndexForward=False)["Items"][0]["at"] == {"S": "00500"}


@pytest.mark.parametrize(
    ("condition", "values", "found"),
    [
        ("#g = :g AND #t BETWEEN :l AND :h", {":l": "00010", ":h": "00012"}, [10, 11, 12]),
        ("#g = :g AND #t < :h", {":h": "00002"}, [0, 1]),
        ("#g = :g AND #t <= :h", {":h": "00002"}, [0, 1, 2]),
        ("#g = :g AND #t > :l", {":l": "00097"}, [98, 99]),
        ("#t >= :l and #g = :g", {":l": "00098"}, [98, 99]),
        ("#g = :g AND #t = :l", {":l": "00098"}, [98]),
        ("#g = :g AND begins_with(#t, :l)", {":l": "0009"}, list(range(90, 100))),
    ],
)
def test_a_sort_key_is_bounded_in_every_way(
    client: Client, condition: str, values: dict[str, str], found: list[int]
) -> None:
    answer = in_group(
        client,
        condition=condition,
        names={"#t": "at"},
        values={name: {"S": text} for name, text in values.items()},
    )

    assert [int(item["at"]["S"]) for item in answer["Items"]] == found
    assert answer["ScannedCount"] == len(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("word IN (:r, :n)", 34),
        ("NOT word = :r", 66),
        ("word <> :r AND size < :n", 6),
        ("(word = :r OR word = :g) AND size BETWEEN :n AND :m", 1),
        ("attribute_exists(size) AND attribute_not_exists(pk)", 0),
        ("begins_with(word, :b)", 33),
        ("size >= :r", 0),
    ],
)
def test_a_filter_says_what_it_says(client: Client, text: str, found: int) -> None:
    every = {
        ":r": {"S": "red"},
        ":b": {"S": "bl"},
        ":n": {"N": "9"},
        ":m": {"N": "11.0"},
    }
    values = {name: value for name, value in every.items() if name in text}

    assert in_group(client, FilterExpression=text, values=values)["Count"] == found


@pytest.mark.parametrize(
    "params",
    [
        {"Limit": 0},
        {"ConsistentRead": True},
        {"values": {":unused": {"S": "x"}}},
        {"FilterExpression": "text = :g"},
        {"FilterExpression": "#g = :g"},
        {"FilterExpression": "word ="},
        {"FilterExpression": "word = :g :g"},
        {"FilterExpression": "word is :g"},
        {"FilterExpression": "#nobody = :g"},
        {"condition": "#g > :g"},
        {"condition": "#g = :g or word = :g"},
        {"ExclusiveStartKey": {"pk": {"S": "P#00001"}, "sk": {"S": "META"}}},
    ],
)
def test_what_dynamodb_refuses_is_refused(client: Client, params: dict[str, Any]) -> None:
    with pytest.raises(Wrong):
        in_group(client, **params)


def test_nothing_found_costs_half_a_unit(client: Client) -> None:
    nobody = {"pk": {"S": "P#none"}, "sk": {"S": "META"}}

    in_group(client, values={":g": {"S": "nowhere"}})
    client.get_item(TableName="t", Key=nobody)
    client.batch_get_item(RequestItems={"t": {"Keys": [nobody]}})

    assert [read.units for read in client.asked] == [0.5, 0.5, 0.5]
    assert "Item" not in client.get_item(TableName="t", Key=nobody)


@pytest.fixture(scope="module")
def theirs() -> Iterator[Any]:
    if not local.available():
        pytest.skip("DynamoDB Local needs Java 17, and npm to come by.")
    with local.running("512m") as client:
        yield client


@pytest.mark.clients
def test_dynamodb_local_answers_and_charges_the_same(theirs: Any) -> None:
    dice = Random(7)
    client = a_client()
    theirs.create_table(**_described())
    for number in range(300):
        item = an_item(
            number,
            group={"S": dice.choice("abc")},
            word={"S": dice.choice(("red", "grün", "blue")) * dice.randrange(1, 200)},
            size={"N": _number(dice)},
        )
        client.put_item(Item=item)
        theirs.put_item(TableName="city", Item=item)
    both = Both(client, theirs)

    for _ in range(300):
        _ask(both, dice)

    assert both.differences == []
    assert both.calls >= 300


def _number(dice: Random) -> str:
    """As the service gives it back: no zeros at the end."""
    return f"{dice.gauss(0, 1000):.{dice.randrange(1, 6)}f}1"


def _ask(both: Both, dice: Random) -> None:
    low, high = sorted(dice.sample(range(300), 2))
    names = {"#g": "group", "#t": "at"}
    values = {":g": {"S": dice.choice("abcd")}}
    values |= {":l": {"S": f"{low:05}"}, ":h": {"S": f"{high:05}"}}
    params: dict[str, Any] = {
        "TableName": "city",
        "IndexName": "by_group",
        "KeyConditionExpression": "#g = :g AND #t BETWEEN :l AND :h",
        "ScanIndexForward": dice.random() < 0.5,
    }
    if dice.random() < 0.7:
        params["Limit"] = dice.randrange(1, 80)
    if dice.random() < 0.5:
        params["FilterExpression"] = dice.choice(
            ("#s > :n", "NOT #s <= :n", "#s BETWEEN :n AND :m", "#s IN (:n, :m) OR #s < :n")
        )
        names["#s"] = "size"
        values |= {":n": {"N": "0"}}
        if ":m" in params["FilterExpression"]:
            values[":m"] = {"N": "500"}
    params |= {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    answer = both.query(**params)
    if "LastEvaluatedKey" in answer:
        both.query(**params, ExclusiveStartKey=answer["LastEvaluatedKey"])
    keys = [{"pk": {"S": f"P#{n:05}"}, "sk": {"S": "META"}} for n in dice.sample(range(290), 5)]
    both.batch_get_item(RequestItems={"city": {"Keys": keys}})
    both.get_item(TableName="city", Key=keys[0], ConsistentRead=dice.random() < 0.5)


def _described() -> dict[str, Any]:
    names = sorted({"pk", "sk", "group", "at"})
    return {
        "TableName": "city",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": each, "AttributeType": "S"} for each in names],
        "KeySchema": _schema("pk", "sk"),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_group",
                "KeySchema": _schema("group", "at"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["word", "size"]},
            }
        ],
    }


def _schema(*keys: str) -> list[dict[str, str]]:
    kinds = ("HASH", "RANGE")
    return [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, kinds, strict=True)]


def test_loading_and_putting_make_the_same_table() -> None:
    items = [an_item(number) for number in (5, 3, 9, 1)]
    loaded, put = a_client(*items), a_client()
    for item in items:
        put.put_item(Item=item)

    answers = [in_group(each)["Items"] for each in (loaded, put)]

    assert answers[0] == answers[1]
    assert all(one["at"]["S"] < two["at"]["S"] for one, two in pairwise(answers[0]))
