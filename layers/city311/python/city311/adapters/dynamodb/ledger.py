"""The ledger of messages: claimed under a lease, then marked forward by what happens."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from city311.adapters.cursors import sort_key, stamp
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.items import MESSAGE, entry_from
from city311.adapters.dynamodb.table import ConditionFailed, Table, Terms
from city311.adapters.dynamodb.values import Item, Value, packed
from city311.domain.ledger import RANK, LedgerEntry, LedgerState
from city311.ports import Claim

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_COUNTED = ("claims", "provider_id", "problem")


class DynamoLedger:
    """The ledger in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def claim(self, entry: LedgerEntry, now: datetime) -> Claim:
        """Claim it in one conditional write; who comes second reads what stands in the way."""
        key, terms = keys.message(entry.ledger_id), Terms()
        try:
            self._table.update(key, _claiming(entry, terms), _claimable(now, terms), terms)
        except ConditionFailed:
            return self._what_stands(key)
        return Claim.YOURS

    def mark(
        self,
        ledger_id: str,
        state: LedgerState,
        *,
        provider_id: str | None = None,
        problem: str | None = None,
    ) -> bool:
        """Move it forward and off the watch; True only for the call that moved it."""
        before = [each for each in LedgerState if RANK[each] < RANK[state]]
        if not before:
            return False
        sets: dict[str, Value] = {"state": {"S": state.value}}
        for name, value in (("provider_id", provider_id), ("problem", problem)):
            if value is not None:
                sets[name] = {"S": value}
        terms = Terms()
        expression = terms.update(sets, ("watch", "watch_key"))
        words = ", ".join(terms.value({"S": each.value}) for each in before)
        condition = f"{terms.name('state')} IN ({words})"
        try:
            self._table.update(keys.message(ledger_id), expression, condition, terms)
        except ConditionFailed:
            return False
        return True

    def entries(self, service_request_id: str) -> Sequence[LedgerEntry]:
        """All messages of a request, by their ledger ids."""
        found = self._table.partition(keys.messages_of(service_request_id))
        return tuple(entry_from(item) for item in found)

    def _what_stands(self, key: Item) -> Claim:
        item = self._table.get(key, consistent=True)
        told = item is not None and item["state"]["S"] != LedgerState.CLAIMED.value
        return Claim.DONE if told else Claim.HELD


def _claiming(entry: LedgerEntry, terms: Terms) -> str:
    sets: Mapping[str, Value] = {
        name: value for name, value in packed(entry, MESSAGE).items() if name not in _COUNTED
    } | {
        "state": {"S": LedgerState.CLAIMED.value},
        "watch": {"S": keys.WATCH_MESSAGE},
        "watch_key": {"S": sort_key(entry.lease_until, entry.ledger_id)},
    }
    claims, none, one = terms.name("claims"), terms.value({"N": "0"}), terms.value({"N": "1"})
    expression = terms.update(sets)
    return f"{expression}, {claims} = if_not_exists({claims}, {none}) + {one}"


def _claimable(now: datetime, terms: Terms) -> str:
    claimed = terms.equal("state", {"S": LedgerState.CLAIMED.value})
    over = f"{terms.name('lease_until')} <= {terms.value({'S': stamp(now)})}"
    return f"attribute_not_exists(pk) OR ({claimed} AND {over})"
