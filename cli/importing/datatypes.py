"""Datatypes of any server as one of the six, or as yes and no, or as words to show."""

import re

from cli.importing.theirs import TheirQuestion

ONE, MANY = "singlevaluelist", "multivaluelist"
_DATATYPES = {
    **dict.fromkeys(("string", "text", "number", "datetime", ONE, MANY), ""),
    **dict.fromkeys(("boolean", "bool", "yesno"), "boolean"),
    **dict.fromkeys(("checkbox", "checkboxes", "multiselect", "multipicklist", "multi"), MANY),
    **dict.fromkeys(("picklist", "select", "list", "radio", "dropdown", "enum", "choice"), ONE),
    **dict.fromkeys(("integer", "int", "float", "decimal", "double", "numeric"), "number"),
    **dict.fromkeys(("date", "time", "timestamp", "date-time"), "datetime"),
    **dict.fromkeys(("textarea", "memo", "longtext", "multiline"), "text"),
    **dict.fromkeys(("informational", "information", "info", "note", "label", "html"), "note"),
}


def datatype_of(question: TheirQuestion) -> str:
    """One of the six, or boolean, or note."""
    word = re.sub(r"[^a-z-]", "", question.datatype)
    meant = _DATATYPES.get(word)
    if word in ("checkbox", "checkboxes") and not question.choices:
        return "boolean"
    if meant is None:
        return ONE if question.choices else "string"
    return meant or word


def final(datatype: str, *, has_choices: bool, shows: bool) -> str:
    """What is written: a list without values is a line, words to show are text."""
    if not shows:
        return "text" if datatype in ("note", "boolean", ONE, MANY) else datatype
    if datatype == "boolean":
        return ONE
    return "string" if datatype in (ONE, MANY) and not has_choices else datatype
