"""No call of Open311 breaks it, gets the wrong format, or finds out what it must not."""

from io import StringIO

from hypothesis import given

from tests.fuzz.conftest import as_many_as, made
from tests.fuzz.grammar import NUMBER, Call, calls
from tests.fuzz.planted import Planted
from tests.fuzz.rules import check_open311, check_secrets


@as_many_as(0.6)
@given(call=calls())
def test_every_call_is_answered_in_format_and_tells_nothing(
    planted: Planted, logged: StringIO, call: Call
) -> None:
    path = call.path.replace(NUMBER, planted.number)
    query = call.query.replace("%7Bnumber%7D", planted.number)
    url = f"{path}?{query}" if query else path

    answer = planted.gateway().call(call.method, url, call.body, call.headers)

    made[f"open311 {answer.status}"] += 1
    assert answer.status < 500, logged.getvalue()
    check_open311(answer, call.method, path, call.headers.get("Accept", ""))
    check_secrets(answer, logged, {"capability": planted.capability})
    if call.method == "POST" and answer.status == 200:
        planted.again()
