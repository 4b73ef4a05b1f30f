"""Answers that are well formed and make no sense: values of the wrong kind in the right places."""

import json
import random
from typing import Any

from tests.conformance.reference import Asked, Reference, Reply

ODD: list[Any] = [
    *(None, 7, -1.5, True, "", "x", "\x00", [], {}, [None], [[]], {"a": None}, [{}]),
    *("9" * 400, 10**400, {"service_code": []}, ["\ud83d"], "2026-01-01T00:00:00Z"),
]


def disturbed(value: Any, dice: random.Random, odds: float) -> Any:
    """The same value with some of its parts replaced."""
    if dice.random() < odds:
        return dice.choice(ODD)
    if isinstance(value, dict):
        return {name: disturbed(each, dice, odds) for name, each in value.items()}
    if isinstance(value, list):
        return [disturbed(each, dice, odds) for each in value]
    return value


def wild(seed: int, odds: float) -> Reference:
    """A server whose answers are disturbed, each anew; its first lists of services are right."""
    server, dice = Reference(), random.Random(seed)
    server.throttle_at = 0

    def after(asked: Asked, reply: Reply) -> Reply:
        if len(server.seen) <= 2:
            return reply
        if asked.fmt == "json":
            value = disturbed(json.loads(reply.body), dice, odds)
            reply.body = json.dumps(value).encode()
        else:
            text = reply.body.decode()
            for _ in range(dice.randrange(4)):
                at = dice.randrange(40, max(len(text), 41))
                text = (
                    text[:at] + dice.choice(["<", "", "<b/>", "&#0;", "é", "</", "]]>"]) + text[at:]
                )
            reply.body = text.encode()
        if dice.random() < odds:
            reply.status = dice.choice([200, 201, 204, 400, 404, 500])
        if dice.random() < odds:
            reply.headers = dice.choice([{}, {"Content-Type": ""}, {"Link": '<:>; rel="next"'}])
        return reply

    server.after.append(after)
    return server
