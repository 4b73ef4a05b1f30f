"""CPU milliseconds of an Open311 request, warm, in the process that Lambda would run it in.

AWS's runtime client, our layers, a loopback table with real rows (benchmarks/serving.py). Beside
ours stand two floors: a handler that answers at once (what the runtime client itself takes), and
one that makes the same calls of AWS with boto3 and does nothing else (what the SDK takes).

    python -m benchmarks.open311_vs_peer [--rounds 5] [--warm 200] [--against FOLDER]

FOLDER: another checkout, measured turn by turn with this one. See open311_vs_peer.md.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks import filled
from benchmarks.cold_start import ROOT, Subject, measure
from benchmarks.payloads import CITY, REPORT, gateway
from benchmarks.serving import serving
from benchmarks.town import Town
from city311.cities.compiled import dump
from local.layout import Layout
from local.preparation import prepare

PEER = {"by id": 8.0, "list of 50": 21.0, "POST": 15.0}
"""CPU milliseconds of a GeoReport server on Django and PostGIS, on a computer like this one."""
_ROWS = 3000
_FLOOR = """
import json
import boto3

CALLS = %r
table = boto3.client("dynamodb")

def handle(event, context):
    for name, params in CALLS:
        getattr(table, name)(**params)
    return {"statusCode": 200, "body": "[]", "headers": {}}
"""


def events(ids: list[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name of the operation, room that answers it, event."""
    v2, one = "/open311/v2", "{service_request_id}"
    by_id = f"{v2}/requests/{ids[0]}"
    form = urlencode(
        {**REPORT, "description": "A deep hole in the right lane.", "email": "a@example.com"}
    )
    post = gateway("POST", f"{v2}/requests.json", body=form)
    for headers, value in (
        (post["headers"], "application/x-www-form-urlencoded"),
        (post["multiValueHeaders"], ["application/x-www-form-urlencoded"]),
    ):
        headers["Content-Type"] = value
    service = f"{v2}/services/{REPORT['service_code']}"
    yield "POST", "intake", post
    yield "by id", "status", gateway("GET", f"{v2}/requests/{one}", path=f"{by_id}.json")
    yield "by id, XML", "status", gateway("GET", f"{v2}/requests/{one}", path=f"{by_id}.xml")
    yield "list of 50", "status", _asked(f"{v2}/requests.json", "page_size=50")
    yield "list of 50, XML", "status", _asked(f"{v2}/requests.xml", "page_size=50")
    yield "services", "status", gateway("GET", f"{v2}/services.json")
    yield (
        "definition",
        "status",
        gateway("GET", f"{v2}/services/{{service_code}}", path=f"{service}.json"),
    )


def main() -> None:
    """Measure all in turn, and print medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="fresh processes of each (5)")
    parser.add_argument("--warm", type=int, default=200, help="warm events of each process (200)")
    parser.add_argument("--against", type=Path, help="another checkout to measure beside this one")
    parser.add_argument("--only", default="", help="operations whose name has this")
    options = parser.parse_args()
    layout = Layout(ROOT, ROOT / ".local" / "state")
    tools = prepare(layout, lambda words: print(words, file=sys.stderr))
    client = filled.engine(filled.items(lambda: Town(CITY), _ROWS))
    ids = _ids(client.table)
    with tempfile.TemporaryDirectory() as folder, serving(client) as endpoint:
        subjects = _subjects(Path(folder), ids, options.against, layout)
        wanted = [each for each in subjects if options.only in each.name]
        found: dict[str, list[float]] = {each.name: [] for each in wanted}
        for turn in range(options.rounds):
            for subject in wanted:
                print(f"\rround {turn + 1}: {subject.name:44}", end="", file=sys.stderr)
                sample = measure(subject, tools, endpoint, options.warm)
                found[subject.name].append(sample.warm)
    print(file=sys.stderr)
    _table({name: statistics.median(each) for name, each in found.items()}, tools.version)


def _subjects(folder: Path, ids: list[str], against: Path | None, layout: Layout) -> list[Subject]:
    deps = _deps(layout)
    city = folder / "city"
    city.mkdir()
    (city / "city.json").write_text(dump(CITY), encoding="utf-8")
    out = []
    for name, calls in _floors(ids):
        task = folder / name
        task.mkdir()
        (task / "app.py").write_text(_FLOOR % (calls,))
        event = gateway("GET", "/open311/v2/services.json")
        out.append(Subject(name=name, handler="app.handle", task=task, layers=(), event=event))
    trees = {"": ROOT} | ({" (against)": against.resolve()} if against else {})
    for name, room, event in events(ids):
        for suffix, root in trees.items():
            own = root / "layers" / "city311" / "python"
            task = root / "functions" / room
            layers = (deps, own, city)
            out.append(
                Subject(
                    name=name + suffix, handler="app.app", task=task, layers=layers, event=event
                )
            )
    return out


def _floors(ids: list[str]) -> Iterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """What the runtime client takes alone; what the SDK takes for the calls behind our answers."""
    yield "floor: nothing", []
    key = {"pk": {"S": f"REQ#{ids[0]}"}, "sk": {"S": "META"}}
    yield "floor: GetItem", [("get_item", {"TableName": "city", "Key": key})]
    yield "floor: two Queries, 51 rows", [_queried("open", 26), _queried("closed", 25)]
    item = {"pk": {"S": "x"}, "sk": {"S": "y"}, "text": {"S": "x" * 600}}
    put = {"Put": {"TableName": "city", "Item": item, "ConditionExpression": "a = b"}}
    yield "floor: TransactWriteItems of 4", [("transact_write_items", {"TransactItems": [put] * 4})]


def _queried(word: str, rows: int) -> tuple[str, dict[str, Any]]:
    params = {
        "TableName": "city",
        "IndexName": "requested",
        "KeyConditionExpression": "requested_bucket = :b",
        "ExpressionAttributeValues": {":b": {"S": f"{word}#2026"}},
        "Limit": rows,
        "ScanIndexForward": False,
    }
    return "query", params


def _table(medians: Mapping[str, float], version: str) -> None:
    print(f"Python {version}; CPU ms a warm request, medians")
    print("| operation | ms | ms without the runtime client | peer | peer / ours |")
    print("|---|---:|---:|---:|---:|")
    nothing = medians.get("floor: nothing", 0.0)
    for name, each in medians.items():
        peer = PEER.get(name.partition(" (")[0].partition(",")[0])
        said = f"{peer:g} | {peer / each:.1f}" if peer else "- | -"
        print(f"| {name} | {each:.2f} | {each - nothing:.2f} | {said} |")


def _asked(resource: str, query: str) -> dict[str, Any]:
    event = gateway("GET", resource)
    several = parse_qs(urlsplit(f"?{query}").query)
    event["multiValueQueryStringParameters"] = several
    event["queryStringParameters"] = {name: values[0] for name, values in several.items()}
    return event


def _ids(table: Any) -> list[str]:
    items = (table.item(row) for row in range(len(table)))
    return [item["service_request_id"]["S"] for item in items if "requested_key" in item]


def _deps(layout: Layout) -> Path:
    assets = [each / "python" for each in layout.assembly.glob("asset.*")]
    found = [each for each in assets if (each / "pydantic").is_dir()]
    if not found:
        sys.exit("Nothing was built yet: run `make run` once, stop it, and try again.")
    return max(found, key=lambda path: path.stat().st_mtime)


if __name__ == "__main__":
    main()
