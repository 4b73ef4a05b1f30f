"""The answers to a service's questions: asked or not, complete, of the right kind, or a stop."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from city311.domain.catalogue import City, Datatype, Question, Service, Stop
from city311.domain.errors import FieldProblem, Stopped

MAX_ANSWER = 4000
"""Characters of one answer, as many as of the description."""


def asked(service: Service, answers: Mapping[str, tuple[str, ...]]) -> tuple[Question, ...]:
    """The questions that these answers leave standing, in order; words to show are not asked."""
    ordered = sorted(service.questions, key=lambda question: question.order)
    return tuple(q for q in ordered if q.variable and _stands(q, service, answers))


def check(
    service: Service, answers: Mapping[str, tuple[str, ...]], city: City, language: str | None
) -> list[FieldProblem]:
    """What is wrong with the answers, one problem each, in the caller's language where we have it.

    Raises Stopped for an answer after which the form must not be filed.
    """
    problems: list[FieldProblem] = []
    for question in asked(service, answers):
        values = answers.get(question.code, ())
        name = f"attribute[{question.code}]"
        words = city.say(question.text, language)
        if not values:
            if question.required:
                problems.append(
                    FieldProblem(field=name, advice=f"Answer: {words}", reason="missing")
                )
            continue
        _refuse_stop(question, values, city, language)
        advice = _advice(question, values, city, language)
        if advice:
            problems.append(FieldProblem(field=name, advice=f"{words} {advice}"))
    return problems


def kept(
    service: Service, answers: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Answers to questions that were asked, by code; and the rest, as the sender's own fields."""
    codes = {question.code for question in asked(service, answers)}
    ours = {code: values for code, values in answers.items() if code in codes}
    rest = {code: ", ".join(values) for code, values in answers.items() if code not in codes}
    return ours, rest


def _stands(question: Question, service: Service, answers: Mapping[str, tuple[str, ...]]) -> bool:
    if question.when is None:
        return True
    other = service.question(question.when.question)
    given = answers.get(other.code, ()) if other else ()
    return bool(question.when.answers.intersection(given))


def _refuse_stop(
    question: Question, values: Iterable[str], city: City, language: str | None
) -> None:
    stops: dict[str, Stop] = {c.key: c.stop for c in question.choices if c.stop}
    for value in values:
        if value in stops:
            stop = stops[value]
            raise Stopped(city.say(stop.message, language), question=question.code, call=stop.call)


def _advice(
    question: Question, values: tuple[str, ...], city: City, language: str | None
) -> str | None:
    several = question.datatype is Datatype.MULTIVALUELIST
    if len(values) > 1 and not several:
        return "Give one answer."
    if several or question.datatype is Datatype.SINGLEVALUELIST:
        keys = {choice.key for choice in question.choices}
        wrong = [value for value in values if value not in keys]
        if wrong:
            return f"{wrong[0][:80]!r} is not one of: {', '.join(sorted(keys))}."
        return None
    if len(values[0]) > MAX_ANSWER:
        return f"Shorten it to {MAX_ANSWER} characters."
    if question.datatype is Datatype.NUMBER and not _is_number(values[0]):
        return "Write a number, such as 3 or 2.5."
    if question.datatype is Datatype.DATETIME and not _is_time(values[0]):
        return "Write a date and time, such as 2027-03-01T09:30:00-05:00."
    return None


def _is_number(text: str) -> bool:
    digits = text.strip().removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()


def _is_time(text: str) -> bool:
    # A raw + in a form arrives as a space: the offset "+02:00" reads " 02:00".
    tidy = text.strip()
    if len(tidy) > 6 and tidy[-6] == " ":
        tidy = f"{tidy[:-6]}+{tidy[-5:]}"
    try:
        datetime.fromisoformat(tidy)
    except ValueError:
        return False
    return True
