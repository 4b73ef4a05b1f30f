"""REST API events and answers, as API Gateway makes them, through the distribution."""

import json
import urllib.error
import urllib.request

import pytest

from tests.local.conftest import Town


def test_the_event_names_the_resource_and_its_parameters(town: Town) -> None:
    event = town.http("/api/pothole?status=open&status=closed&q=a%20b", X_City311_Key="k").json()

    assert event["requestContext"]["resourcePath"] == "/api/{thing}"
    assert event["requestContext"]["stage"] == "live"
    assert event["pathParameters"] == {"thing": "pothole"}
    assert event["multiValueQueryStringParameters"] == {"status": ["open", "closed"], "q": ["a b"]}
    assert event["queryStringParameters"] == {"status": "closed", "q": "a b"}
    assert event["headers"]["x-city311-key"] == "k"
    assert event["requestContext"]["identity"]["sourceIp"]
    assert event["requestContext"]["requestId"]


def test_the_claims_of_staff_are_text(town: Town) -> None:
    token = town.city.staff_token("streets")

    event = town.http("/api/staff", Authorization=token).json()

    claims = event["requestContext"]["authorizer"]["claims"]
    assert claims["email"] == "streets@staff.example"
    assert sorted(claims["cognito:groups"].split(",")) == ["department", "dept-streets"]
    assert claims["email_verified"] == "true"


def test_without_a_token_or_with_a_tampered_one_nobody_is_staff(town: Town) -> None:
    token = town.city.staff_token("agent")
    head, body, signature = token.split(".")

    assert town.http("/api/staff").status == 401
    assert town.http("/api/staff", Authorization=f"{head}.{body}.{signature[::-1]}").status == 401


def test_the_gateways_own_answers_are_the_templates(town: Town) -> None:
    answer = town.http("/api/staff")

    assert json.loads(answer.body) == [{"code": 400, "description": "Unauthorized"}]


def test_the_gateways_own_answers_are_json_whatever_is_asked_for(town: Town) -> None:
    """AWS promises no choice of template by Accept, so nothing may be built on one."""
    answer = town.http("/api/staff", Accept="text/xml")

    assert answer.headers["content-type"].startswith("application/json")
    assert json.loads(answer.body) == [{"code": 400, "description": "Unauthorized"}]


def test_a_function_that_fails_is_an_internal_error_without_details(town: Town) -> None:
    name = town.output("ProbeName")
    town.client("lambda").update_function_configuration(FunctionName=name, Handler="index.nothing")
    try:
        answer = town.http("/api/thing")
    finally:
        town.client("lambda").update_function_configuration(
            FunctionName=name, Handler="index.handle"
        )

    assert answer.status == 502
    assert answer.json() == {"message": "Internal server error"}


def test_a_body_of_more_than_ten_megabytes_is_refused(town: Town) -> None:
    answer = town.http("/api/thing", "POST", b"x" * 10_500_000, Content_Type="text/plain")

    assert answer.status == 413


def test_web_pages_come_out_of_the_bucket(town: Town) -> None:
    bucket = town.output("WebBucketName")
    town.client("s3").put_object(
        Bucket=bucket, Key="index.html", Body=b"<h1>Small</h1>", ContentType="text/html"
    )

    answer = town.http("/")

    assert (answer.status, answer.body) == (200, b"<h1>Small</h1>")


def test_another_host_name_is_refused(town: Town) -> None:
    request = urllib.request.Request(town.city.urls.site, headers={"Host": "attacker.example"})

    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=5)
    refusal.value.close()
    assert refusal.value.code == 421
