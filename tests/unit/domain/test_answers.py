"""Answers to a service's questions: which are asked, what is wrong with them, which are kept."""

import pytest

from city311.domain.answers import MAX_ANSWER, asked, check, kept
from city311.domain.catalogue import Condition, Datatype, Question, Service
from city311.domain.errors import FieldProblem, Stopped
from tests.towns import MAIN_BREAK, TOWN, YES_NO, a_question, a_service

D = Datatype


def service_with(*questions: Question) -> Service:
    return a_service("asks", questions=questions)


def found(question: Question, *values: str, language: str | None = "en") -> list[FieldProblem]:
    answers = {question.code: values} if values else {}
    return check(service_with(question), answers, TOWN, language)


GOOD = [
    (D.STRING, "anything at all"),
    (D.TEXT, "two\nlines"),
    (D.TEXT, "x" * MAX_ANSWER),
    (D.NUMBER, "3"),
    (D.NUMBER, "-2.5"),
    (D.NUMBER, " 7 "),
    (D.NUMBER, "007"),
    (D.DATETIME, "2027-03-01T09:30:00-05:00"),
    (D.DATETIME, "2027-03-01T09:30:00Z"),
    (D.DATETIME, "2027-03-01"),
    # A form turns the plus of an offset into a space.
    (D.DATETIME, "2027-03-01T09:30:00 02:00"),
    (D.SINGLEVALUELIST, "yes"),
    (D.MULTIVALUELIST, "no"),
]
BAD = [
    (D.STRING, "x" * (MAX_ANSWER + 1), "Shorten"),
    (D.TEXT, "x" * (MAX_ANSWER + 1), "Shorten"),
    (D.NUMBER, "three", "number"),
    (D.NUMBER, "1e5", "number"),
    (D.NUMBER, ".", "number"),
    (D.NUMBER, "--3", "number"),
    (D.NUMBER, "1.2.3", "number"),
    (D.NUMBER, "٣", "number"),
    (D.NUMBER, "1" * (MAX_ANSWER + 1), "Shorten"),
    (D.DATETIME, "tomorrow", "date"),
    (D.DATETIME, "now", "date"),
    (D.DATETIME, "2027-13-01", "date"),
    (D.SINGLEVALUELIST, "maybe", "'maybe' is not one of: no, yes"),
    (D.SINGLEVALUELIST, "Yes", "not one of"),
    (D.MULTIVALUELIST, "maybe", "not one of"),
]


@pytest.mark.parametrize(("datatype", "value"), GOOD)
def test_a_good_answer_is_taken(datatype: Datatype, value: str) -> None:
    assert found(a_question("5", datatype, choices=YES_NO), value) == []


@pytest.mark.parametrize(("datatype", "value", "advice"), BAD)
def test_a_bad_answer_is_named_with_what_to_do(datatype: Datatype, value: str, advice: str) -> None:
    problems = found(a_question("5", datatype, choices=YES_NO), value)

    assert [each.field for each in problems] == ["attribute[5]"]
    assert problems[0].advice.startswith("Question 5? ")
    assert advice in problems[0].advice


def test_every_datatype_is_tried() -> None:
    assert {datatype for datatype, _ in GOOD} == set(Datatype)
    assert {datatype for datatype, _, _ in BAD} == set(Datatype)


@pytest.mark.parametrize("datatype", sorted(set(Datatype) - {D.MULTIVALUELIST}))
def test_one_question_takes_one_answer(datatype: Datatype) -> None:
    problems = found(a_question("5", datatype, choices=YES_NO), "yes", "no")

    assert "one answer" in problems[0].advice


def test_a_list_takes_several_and_names_the_first_that_is_wrong() -> None:
    several = a_question("5", D.MULTIVALUELIST, choices=YES_NO)

    assert found(several, "yes", "no") == []
    assert "'or' is not" in found(several, "yes", "or", "and")[0].advice


def test_advice_quotes_no_more_than_a_line_of_what_was_sent() -> None:
    problems = found(a_question("5", D.SINGLEVALUELIST, choices=YES_NO), "y" * 5000)

    assert len(problems[0].advice) < 200


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Question 5?"), ("es", "¿Pregunta 5?"), ("fr", "Question 5?"), (None, "Question 5?")],
)
def test_what_must_be_answered_is_asked_again_in_the_callers_language(
    language: str | None, words: str
) -> None:
    problems = found(a_question("5", required=True), language=language)

    assert [(each.field, each.reason) for each in problems] == [("attribute[5]", "missing")]
    assert words in problems[0].advice


def test_what_need_not_be_answered_may_be_left_out() -> None:
    assert found(a_question("5", required=False)) == []


def test_all_problems_are_named_at_once() -> None:
    service = service_with(
        a_question("1", D.NUMBER), a_question("2", required=True), a_question("3", D.DATETIME)
    )

    problems = check(service, {"1": ("x",), "3": ("y",)}, TOWN, "en")

    assert [each.field for each in problems] == ["attribute[1]", "attribute[2]", "attribute[3]"]


CONDITIONAL = service_with(
    a_question("2", required=True, when=Condition(question="1", answers=frozenset({"yes"}))),
    a_question("1", D.SINGLEVALUELIST, choices=YES_NO),
)


@pytest.mark.parametrize(
    ("answers", "codes"),
    [({}, ["1"]), ({"1": ("no",)}, ["1"]), ({"1": ("yes",)}, ["1", "2"])],
)
def test_a_question_stands_only_where_another_was_answered_so(
    answers: dict[str, tuple[str, ...]], codes: list[str]
) -> None:
    assert [each.code for each in asked(CONDITIONAL, answers)] == codes


def test_what_is_not_asked_need_not_be_answered() -> None:
    assert check(CONDITIONAL, {"1": ("no",)}, TOWN, None) == []
    assert [p.field for p in check(CONDITIONAL, {"1": ("yes",)}, TOWN, None)] == ["attribute[2]"]


def test_a_condition_may_name_a_question_by_its_alias() -> None:
    service = service_with(
        a_question("1", D.SINGLEVALUELIST, choices=YES_NO, alias="deep"),
        a_question("2", when=Condition(question="deep", answers=frozenset({"yes"}))),
    )

    assert len(asked(service, {"1": ("yes",)})) == 2
    assert len(asked(service, {"1": ("no",)})) == 1


def test_a_condition_on_a_question_that_is_not_there_never_holds() -> None:
    lonely = a_question("2", when=Condition(question="9", answers=frozenset({"yes"})))

    assert asked(service_with(lonely), {"9": ("yes",)}) == ()


def test_words_to_show_are_not_asked() -> None:
    assert asked(service_with(a_question("1", variable=False, required=True)), {}) == ()


def test_an_answer_may_say_that_the_form_must_not_be_filed() -> None:
    with pytest.raises(Stopped) as stop:
        check(MAIN_BREAK, {"10": ("yes",)}, TOWN, "es")

    assert stop.value.message == "Llame a la empresa ya."
    assert (stop.value.question, stop.value.call) == ("10", "555-0199")
    assert check(MAIN_BREAK, {"10": ("no",)}, TOWN, "es") == []


def test_answers_that_were_asked_are_kept_and_the_rest_is_the_senders_own() -> None:
    answers = {"1": ("no",), "2": ("deep",), "77": ("a", "b")}

    ours, rest = kept(CONDITIONAL, answers)

    assert ours == {"1": ("no",)}
    assert rest == {"2": "deep", "77": "a, b"}
