"""The template's own policies decide: what they do not allow does not happen."""

import json
from typing import Any
from uuid import uuid4

from tests.local.conftest import Town, eventually


def item(pk: str, sk: str = "1") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def refused(answer: tuple[str | None, Any], action: str) -> bool:
    """Whether a call failed because a policy did not allow it."""
    error, body = answer
    told = f"(AccessDeniedException) when calling the {action} operation"
    return error == "Unhandled" and told in body["errorMessage"]


def test_a_put_is_allowed_by_its_partition_key(town: Town) -> None:
    table = town.output("TableName")

    assert town.call("dynamodb", "put_item", TableName=table, Item=item("OPEN#1"))[0] is None
    assert refused(
        town.call("dynamodb", "put_item", TableName=table, Item=item("REQ#1")), "PutItem"
    )


def test_a_get_is_allowed_by_its_partition_key(town: Town) -> None:
    table = town.output("TableName")

    assert town.call("dynamodb", "get_item", TableName=table, Key=item("OPEN#1"))[0] is None
    assert refused(
        town.call("dynamodb", "get_item", TableName=table, Key=item("NOTE#1")), "GetItem"
    )


def test_a_query_is_allowed_by_the_key_of_its_table_or_index(town: Town) -> None:
    def query(value: str, key: str = "pk", **index: str) -> tuple[str | None, Any]:
        return town.call(
            "dynamodb",
            "query",
            TableName=town.output("TableName"),
            KeyConditionExpression="#k = :v",
            ExpressionAttributeNames={"#k": key},
            ExpressionAttributeValues={":v": {"S": value}},
            **index,
        )

    assert query("OPEN#1")[0] is None
    assert refused(query("NOTE#1"), "Query")
    assert query("cell-open", "cell", IndexName="nearby")[0] is None
    assert refused(query("cell-shut", "cell", IndexName="nearby"), "Query")


def test_each_part_of_a_transaction_is_asked_by_its_own_key(town: Town) -> None:
    table = town.output("TableName")

    def write(*keys: str) -> tuple[str | None, Any]:
        puts = [{"Put": {"TableName": table, "Item": item(key)}} for key in keys]
        return town.call("dynamodb", "transact_write_items", TransactItems=puts)

    assert write("OPEN#2", "NOTE#2")[0] is None
    assert refused(write("OPEN#3", "REQ#3"), "TransactWriteItems")
    found = town.client("dynamodb").get_item(TableName=table, Key=item("OPEN#3"))
    assert "Item" not in found


def test_an_explicit_deny_wins_over_an_allow(town: Town) -> None:
    def update(key: str) -> tuple[str | None, Any]:
        return town.call(
            "dynamodb",
            "update_item",
            TableName=town.output("TableName"),
            Key=item(key),
            UpdateExpression="SET note = :n",
            ExpressionAttributeValues={":n": {"S": "x"}},
        )

    assert update("OPEN#4")[0] is None
    assert refused(update("AUD#4"), "UpdateItem")


def test_a_scan_has_no_leading_key_and_no_right(town: Town) -> None:
    assert refused(town.call("dynamodb", "scan", TableName=town.output("TableName")), "Scan")


def test_a_policy_that_demands_tls_lets_the_city_in(town: Town) -> None:
    sqs = town.client("sqs")
    sqs.send_message(QueueUrl=town.output("InboxUrl"), MessageBody="tls")

    assert [message["Body"] for message in town.messages("InboxUrl")] == ["tls"]


def test_a_text_goes_to_a_telephone_but_not_to_a_topic(town: Town) -> None:
    text = town.call("sns", "publish", PhoneNumber="+15555550100", Message="hello")
    topic = town.call("sns", "publish", TopicArn=town.output("TopicArn"), Message="hello")

    assert text[0] is None
    assert topic[0] == "Unhandled"
    assert "AuthorizationError" in topic[1]["errorType"]


def test_a_refusal_is_kept_for_the_desk(town: Town) -> None:
    town.call("dynamodb", "scan", TableName=town.output("TableName"))

    file = town.city.layout.state / "denials.jsonl"
    assert eventually(lambda: "dynamodb:Scan" in file.read_text())


def test_api_gateway_calls_only_what_the_function_lets_it_call(town: Town) -> None:
    assert town.http("/api/thing").status == 200

    answer = town.http("/api/thing", "POST", b"{}", Content_Type="application/json")

    assert answer.status == 500
    assert answer.json() == {"message": "Internal server error"}


def test_sns_calls_only_what_the_function_lets_it_call(town: Town) -> None:
    function = town.client("lambda").get_function(FunctionName=town.output("ProbeName"))
    arn = function["Configuration"]["FunctionArn"]
    town.client("sns").subscribe(
        TopicArn=town.output("PrivateTopicArn"), Protocol="lambda", Endpoint=arn
    )
    town.client("sns").publish(TopicArn=town.output("PrivateTopicArn"), Message="not-for-you")

    file = town.city.layout.state / "denials.jsonl"
    assert eventually(
        lambda: "sns" in file.read_text() and "lambda:InvokeFunction" in file.read_text()
    )
    assert "not-for-you" not in str(town.notes("record"))


def test_a_task_is_answered_by_who_may_answer_for_its_machine(town: Town) -> None:
    def waiting(machine: str) -> str:
        name = uuid4().hex
        town.client("stepfunctions").start_execution(
            stateMachineArn=town.output(machine), name=name, input=json.dumps({"path": "wait"})
        )
        return str(eventually(lambda: town.notes(name))[0]["token"])

    def answer(token: str) -> tuple[str | None, Any]:
        return town.call("stepfunctions", "send_task_success", taskToken=token, output="{}")

    assert answer(waiting("StateMachineArn"))[0] is None
    assert refused(answer(waiting("BriefArn")), "SendTaskSuccess")
