"""The triage function, as the state machine calls it."""

import json
from io import StringIO
from typing import Any

import pytest

from city311.domain.errors import NotFound
from city311.domain.lifecycle import Status
from functions.triage.handler import handle
from tests.builders import EMAIL, ID, a_request
from tests.functions_tasks.conftest import CONTEXT, lines
from tests.unit.usecases.town import Town


def asked(execution: str = f"{ID}-g1") -> Any:
    return handle({"service_request_id": ID, "execution": execution}, CONTEXT)


def test_it_answers_where_the_request_stands(town: Town) -> None:
    town.put()

    answer = asked()

    assert (answer["status"], answer["department"], answer["fresh"]) == ("routed", "streets", True)
    assert json.loads(json.dumps(answer)) == answer
    assert town.get(ID).status is Status.ROUTED


def test_it_may_be_asked_again(town: Town) -> None:
    town.put()

    assert asked() == asked()


def test_an_old_execution_hears_that_it_is_over(town: Town) -> None:
    town.put(a_request(Status.ROUTED, generation=2))

    assert asked()["status"] == "superseded"


def test_no_request_fails_loudly(town: Town) -> None:
    with pytest.raises(NotFound):
        asked()


def test_neither_answer_nor_log_holds_a_word_of_the_resident(town: Town, log: StringIO) -> None:
    town.put(a_request(description="Zelda's hole, a wire down"))

    answer = asked()

    (line,) = lines(log)
    assert (line["message"], line["status"], line["department"]) == ("triaged", "routed", "streets")
    assert line["execution"] == f"{ID}-g1"
    for text in (log.getvalue(), json.dumps(answer)):
        assert "Zelda" not in text
        assert EMAIL not in text
