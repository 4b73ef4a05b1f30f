"""The desk shows what would have left the building, and changes nothing."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from local.desk.executions import travelled
from local.desk.graph import Path as Travelled
from local.desk.graph import picture
from local.desk.layers import draw, edges_of
from local.desk.markup import Markup, tag
from tests.local.conftest import ROOT, Town, eventually

LIFECYCLE = json.loads((ROOT / "infra" / "lifecycle.asl.json").read_text())


@pytest.mark.parametrize(
    "page",
    ["", "mails", "texts", "queues", "executions", "requests", "logs", "refusals", "bridges"],
)
def test_every_section_has_a_page(town: Town, page: str) -> None:
    answer = town.http(f"/_local/{page}")

    assert answer.status == 200
    assert b"<h1>" in answer.body
    assert b"<script" not in answer.body
    assert "script-src" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "page", ["nothing", "mails/none", "queues/none", "executions/none", "requests/NONE"]
)
def test_what_is_not_there_is_not_found(town: Town, page: str) -> None:
    assert town.http(f"/_local/{page}").status == 404


def test_the_desk_takes_no_orders(town: Town) -> None:
    assert town.http("/_local/mails", "POST", b"x").status == 405


def test_a_mail_is_shown_as_text_and_as_a_page_that_can_do_nothing(town: Town) -> None:
    sent = town.client("sesv2").send_email(
        FromEmailAddress="city@mail.example",
        Destination={"ToAddresses": ["resident@example.com"]},
        Content={
            "Simple": {
                "Subject": {"Data": "<b>Received</b>"},
                "Body": {"Text": {"Data": "plain words"}, "Html": {"Data": "<p>rich words</p>"}},
            }
        },
    )["MessageId"]

    whole, page = town.http(f"/_local/mails/{sent}"), town.http(f"/_local/mails/{sent}/page")

    assert b"plain words" in whole.body
    assert b"&lt;b&gt;Received&lt;/b&gt;" in whole.body
    assert page.body == b"<p>rich words</p>"
    assert "sandbox" in page.headers["content-security-policy"]


def test_looking_into_a_queue_takes_nothing_out(town: Town) -> None:
    sqs, url = town.client("sqs"), town.output("InboxUrl")
    sqs.send_message(QueueUrl=url, MessageBody='{"event":"assigned"}')

    answer = town.http(f"/_local/queues/{url.rsplit('/', 1)[-1]}")

    assert b"assigned" in answer.body
    assert [message["Body"] for message in town.messages("InboxUrl")] == ['{"event":"assigned"}']


def test_a_text_is_shown(town: Town) -> None:
    town.client("sns").publish(PhoneNumber="+15555550123", Message="Your report has arrived")

    assert b"Your report has arrived" in town.http("/_local/texts").body


def test_an_execution_is_drawn_and_told(town: Town) -> None:
    town.ended(town.run("invoke", "drawn", payload={"act": "echo"}))

    body = town.http("/_local/executions/drawn").body.decode()

    assert body.count('class="state visited"') == 2
    assert "ExecutionSucceeded" in body


def test_the_log_of_a_function_is_shown(town: Town) -> None:
    town.invoke({"act": "echo"})
    path = f"/_local/logs/aws/lambda/{town.output('ProbeName')}"

    assert eventually(lambda: b"echoed" in town.http(path).body)


# --- the picture ------------------------------------------------------------------------------


def test_every_state_has_a_place_of_its_own() -> None:
    drawing = draw(LIFECYCLE)

    assert set(drawing.places) == set(LIFECYCLE["States"])
    rows: dict[int, list[float]] = {}
    for column, row in drawing.places.values():
        rows.setdefault(row, []).append(column)
    for columns in rows.values():
        ordered = sorted(columns)
        assert all(right - left >= 0.99 for left, right in pairwise(ordered))


def test_ways_lead_down_except_those_that_lead_back() -> None:
    drawing = draw(LIFECYCLE)

    for edge in drawing.bends:
        assert drawing.places[edge.source][1] < drawing.places[edge.target][1]
    assert all(edge.target in LIFECYCLE["States"] for edge in edges_of(LIFECYCLE))


def test_the_picture_says_where_an_execution_has_been() -> None:
    entered = ["Triage", "Is anybody in danger?", "Tell the resident: received"]
    path = Travelled(entered=entered, current=entered[-1], failed=frozenset({"Triage"}))

    svg = picture(LIFECYCLE, path)

    assert svg.count('class="state failed"') == 1
    assert svg.count('class="state visited"') == 1
    assert svg.count('class="state current"') == 1
    assert svg.count('taken" marker-end="url(#arrow-taken)"') == 2


def test_the_way_of_an_execution_is_read_from_its_history() -> None:
    def entered(name: str) -> dict[str, object]:
        return {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": name}}

    path = travelled([entered("A"), {"type": "TaskFailed"}, entered("B")], running=True)

    assert path == Travelled(entered=["A", "B"], current="B", failed=frozenset({"A"}))


def test_text_is_escaped_and_markup_is_not() -> None:
    assert tag("p", "<b>", Markup("<i>"), class_="a&b") == '<p class="a&amp;b">&lt;b&gt;<i></p>'


def test_the_stylesheet_is_served(town: Town) -> None:
    answer = town.http("/_local/desk.css")

    assert answer.headers["content-type"].startswith("text/css")
    assert answer.body.decode() == (Path(ROOT) / "local" / "desk" / "desk.css").read_text()
