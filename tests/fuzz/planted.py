"""Secrets in the town: what somebody told of themselves, and keys, none of which may come out."""

from dataclasses import dataclass, field

from tests.functions.conftest import Account
from tests.functions.conftest import intake as intake_app
from tests.functions.conftest import status as status_module
from tests.functions.gateway import Gateway, event_named
from tests.functions.town import INSIDE, a_town

MARK = "plant"
"""Part of each secret. Hypothesis asks with whole literals of the code that it tests: a secret that
was one would be asked with, said back, and taken for told."""
TOLD = {
    "email": f"zuzanna.{MARK}wort@residents.example",
    "phone": f"+1555{147777:07}",
    "first_name": f"Zuzanna{MARK}",
    "last_name": f"Qwortmann{MARK}ova",
    "device_id": f"device-{MARK}-4242",
    "account_id": f"account-{MARK}-2424",
}
API_KEY = f"{MARK.upper()}234.ZZ{MARK.upper()}EDSECRETZZ{MARK.upper()}EDQ"
CAPABILITY = f"{MARK.upper()}EDCAPABILITY{MARK.upper()}EDCA"
SECRETS = (*TOLD.values(), API_KEY, API_KEY.partition(".")[2], CAPABILITY)
MOST_ROWS = 150
"""Of what was posted, before the town is emptied: so that lists stay quick to read."""


@dataclass
class Planted:
    """The town, one request in it, and the secret of its private link."""

    account: Account = field(repr=False)
    number: str = ""
    capability: str = ""
    posted: int = 0

    def gateway(self, group: str = "admin") -> Gateway:
        """The door. Somebody of this group calls the addresses of staff."""
        claims = {**event_named("rest-api-staff-claims")["claims"], "cognito:groups": group}
        return Gateway(apps=(intake_app, status_module.app), claims=claims)

    def anew(self) -> None:
        """The town as it was on the first day."""
        self.account.empty()
        self.posted = 0
        body = {"service_code": "tree", "lat": 40.02, "long": -75.08, "description": "Fell over"}
        told = {name: value for name, value in TOLD.items() if not name.endswith("_id")}
        link = self.gateway().post_json("/api/requests", {**body, **told}).json["link"]
        self.number, _, self.capability = link.rpartition("#")[2].partition(".")
        form = {"service_code": "pothole", **INSIDE, **TOLD}
        fields = "&".join(f"{name}={value}" for name, value in form.items())
        kind = "application/x-www-form-urlencoded"
        assert self.gateway().post("/open311/v2/requests.json", fields, kind).status == 200

    def again(self) -> None:
        """Note a report; now and then begin anew."""
        self.posted += 1
        if self.posted >= MOST_ROWS:
            self.anew()


def plant(account: Account) -> Planted:
    """The town with its secrets."""
    account.serve(a_town())
    planted = Planted(account)
    planted.anew()
    return planted
