"""DynamoDB's filters, parsed once and run often: comparisons, BETWEEN, IN, functions, logic.

Paths are top-level attributes: nothing that is read at scale here goes deeper.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from benchmarks.engine.sizes import Item, Value

Values = Mapping[str, Value]
Test = Callable[[Item, Values], bool]
_TOKEN = re.compile(r"\s*(<=|>=|<>|[=<>(),]|:\w+|#?[A-Za-z_][\w.]*)")
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "<>": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


class Wrong(Exception):
    """A request that DynamoDB would refuse with a ValidationException."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition and the attributes that it looks at."""

    holds: Test
    attributes: frozenset[str]


def condition(text: str, names: Mapping[str, str]) -> Condition:
    """The filter that ``text`` says; Wrong if it says none."""
    return _parsed(text, tuple(sorted(names.items())))


def projected(text: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The attributes of a projection expression."""
    return tuple(attribute(each.strip(), names) for each in text.split(","))


def attribute(alias: str, names: Mapping[str, str]) -> str:
    """The attribute behind an alias."""
    if not alias.startswith("#"):
        return alias
    if alias not in names:
        raise Wrong(f"An expression attribute name used in expression is not defined: {alias}")
    return names[alias]


@lru_cache(maxsize=4096)
def _parsed(text: str, names: tuple[tuple[str, str], ...]) -> Condition:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if not found:
            raise Wrong(f"Invalid FilterExpression: {text[at:]}")
        tokens.append(found[1])
        at = found.end()
    parser = _Parser(tokens, dict(names))
    test = parser.either()
    if parser.left():
        raise Wrong(f"Invalid FilterExpression: {text}")
    return Condition(test, frozenset(parser.seen))


class _Parser:
    """Recursive descent: OR, AND, NOT, then one term."""

    def __init__(self, tokens: list[str], names: Mapping[str, str]) -> None:
        self._tokens, self._names, self._at = tokens, names, 0
        self.seen: set[str] = set()

    def left(self) -> bool:
        return self._at < len(self._tokens)

    def either(self) -> Test:
        tests = [self._all()]
        while self._next_is("or"):
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda i, v: any(test(i, v) for test in tests)

    def _all(self) -> Test:
        tests = [self._term()]
        while self._next_is("and"):
            tests.append(self._term())
        return tests[0] if len(tests) == 1 else lambda i, v: all(test(i, v) for test in tests)

    def _term(self) -> Test:
        if self._next_is("not"):
            inner = self._term()
            return lambda i, v: not inner(i, v)
        if self._next_is("("):
            inner = self.either()
            self._take(")")
            return inner
        word = self._word()
        if word.lower() in _FUNCTIONS and self._next_is("("):
            return self._function(word.lower())
        return self._comparison(word)

    def _function(self, name: str) -> Test:
        arguments = [self._operand(self._word())]
        while self._next_is(","):
            arguments.append(self._operand(self._word()))
        self._take(")")
        function = _FUNCTIONS[name]
        return lambda i, v: function(*(read(i, v) for read in arguments))

    def _comparison(self, word: str) -> Test:
        left = self._operand(word)
        if self._next_is("between"):
            low = self._operand(self._word())
            self._take("and")
            high = self._operand(self._word())
            return lambda i, v: (
                _compared(">=", left(i, v), low(i, v)) and _compared("<=", left(i, v), high(i, v))
            )
        if self._next_is("in"):
            self._take("(")
            among = [self._operand(self._word())]
            while self._next_is(","):
                among.append(self._operand(self._word()))
            self._take(")")
            return lambda i, v: any(_compared("=", left(i, v), each(i, v)) for each in among)
        how = self._word()
        if how not in _COMPARISONS:
            raise Wrong(f"Invalid operator: {how}")
        right = self._operand(self._word())
        return lambda i, v: _compared(how, left(i, v), right(i, v))

    def _operand(self, word: str) -> Callable[[Item, Values], Value | None]:
        if word.startswith(":"):
            return lambda _, values: values[word]
        name = attribute(word, self._names)
        self.seen.add(name)
        return lambda item, _: item.get(name)

    def _word(self) -> str:
        if not self.left():
            raise Wrong("The expression ends too soon")
        self._at += 1
        return self._tokens[self._at - 1]

    def _next_is(self, word: str) -> bool:
        if self.left() and self._tokens[self._at].lower() == word:
            self._at += 1
            return True
        return False

    def _take(self, word: str) -> None:
        if not self._next_is(word):
            raise Wrong(f"Expected {word}")


def _compared(how: str, left: Value | None, right: Value | None) -> bool:
    """Whether both are there, of one type, and stand so to each other."""
    if left is None or right is None:
        return how == "<>" and (left is None) != (right is None)
    ((kind, a),), ((other, b),) = left.items(), right.items()
    if kind != other:
        return how == "<>"
    if kind == "N":
        a, b = Decimal(a), Decimal(b)
    if how not in ("=", "<>") and kind not in ("S", "N", "B"):
        return False
    return _COMPARISONS[how](a, b)


def _begins(value: Value | None, start: Value | None) -> bool:
    return bool(value and start and value.get("S", "").startswith(start["S"]))


_FUNCTIONS: dict[str, Callable[..., bool]] = {
    "attribute_exists": lambda value: value is not None,
    "attribute_not_exists": lambda value: value is None,
    "begins_with": _begins,
}
