"""The town with one service more, whose questions are of every kind."""

from typing import Any

from city311.domain.catalogue import City, Condition, Datatype
from tests.towns import YES_NO, a_city, a_question, a_service, text, with_service

INSIDE = {"lat": "40.02", "long": "-75.08"}
"""A place in the town, as a form has it."""
LAMP = a_service(
    "lamp",
    "Street lamp",
    description=text("Lamps & <signals>"),
    keywords={"en": ("lamp", "light"), "es": ("farol",)},
    questions=(
        a_question("1", Datatype.SINGLEVALUELIST, alias="side", required=True, choices=YES_NO),
        a_question("2", Datatype.MULTIVALUELIST, alias="dangers", choices=YES_NO),
        a_question("3", Datatype.NUMBER, alias="height", hint=text("In metres")),
        a_question("4", Datatype.DATETIME, alias="seen"),
        a_question("5", Datatype.TEXT, alias="notes"),
        a_question("6", variable=False, required=True, alias="advice"),
        a_question(
            "7",
            alias="lane",
            required=True,
            when=Condition(question="side", answers=frozenset({"yes"})),
        ),
    ),
)


def a_town(**changes: Any) -> City:
    """The town and its lamps, with changes."""
    return with_service(LAMP, a_city(**changes))
