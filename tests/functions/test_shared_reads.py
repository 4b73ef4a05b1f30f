"""What a shared cache may keep is the same for everybody who asks in the same words."""

import pytest

from infra.routes import KEY_HEADERS, PUBLIC_READS
from tests.functions.conftest import Account
from tests.functions.gateway import Answer, Gateway
from tests.functions.test_status_api import link

KEY = "PLANT234.SECRETSECRETSECRETSECRETSE"
READS = (
    *("/api/city", "/api/services", "/api/requests", "/open311", "/open311/"),
    *("/open311/discovery.json", "/open311/v2/discovery.xml", "/open311/v2/services.json"),
    *("/open311/v2/services", "/open311/v2/services/lamp.xml", "/open311/v2/requests.json"),
    *("/open311/v2/requests", "/open311/v2/requests/{number}.xml", "/open311/v2/nothing"),
    "/open311/v2/capabilities.json",
)
HEADERS = {
    "Accept": ("application/json", "text/xml", "text/html"),
    "Accept-Language": ("es", "en"),
    "Authorization": (f"Bearer {KEY}", "Basic eDp5"),
    "X-API-Key": (KEY,),
    # Not in the key of the cache: no answer may differ by them.
    "X-City311-Key": ("1KHY4CBT8YZ6KX3D47765EB6PF",),
    "Cookie": ("a=b",),
    "Idempotency-Key": ("k",),
    "Origin": ("https://elsewhere.example",),
    "Range": ("bytes=0-3",),
    "User-Agent": ("curl",),
    "X-Forwarded-For": ("192.0.2.1",),
}


def shared(answer: Answer) -> bool:
    return "public" in answer.headers["Cache-Control"]


def said(answer: Answer) -> tuple[int, str, str, bool]:
    headers = answer.headers
    return answer.status, headers["Content-Type"], answer.body, shared(answer)


def covered(path: str) -> bool:
    return any(
        path == pattern or (pattern.endswith("*") and path.startswith(pattern[:-1]))
        for pattern in PUBLIC_READS
    )


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("path", READS)
def test_only_headers_of_the_key_change_an_answer(
    deployed: Account, gateway: Gateway, path: str, header: str
) -> None:
    url = path.replace("{number}", link(gateway)[0])
    assert covered(path)

    plain = said(gateway.get(url))
    found = {value: said(gateway.get(url, **{header: value})) for value in HEADERS[header]}

    if header not in KEY_HEADERS:
        assert set(found.values()) == {plain}


@pytest.mark.parametrize("path", READS)
def test_who_shows_a_key_gets_an_answer_of_their_own(
    deployed: Account, gateway: Gateway, path: str
) -> None:
    url = path.replace("{number}", link(gateway)[0])
    if path.startswith("/open311"):
        assert not shared(gateway.get(url, X_API_Key=KEY))
        assert not shared(gateway.get(url, Authorization=f"Bearer {KEY}"))
        assert not shared(gateway.get(f"{url}?api_key={KEY}"))
    assert shared(gateway.get(url)) == ("nothing" not in path)


def test_a_private_page_is_beside_what_is_shared(deployed: Account, gateway: Gateway) -> None:
    number, capability = link(gateway)
    path = f"/api/requests/{number}"

    private = gateway.get(path, X_City311_Key=capability)

    assert not covered(path)
    assert private.status == 200
    assert "no-store" in private.headers["Cache-Control"]


def test_no_post_is_kept(deployed: Account, gateway: Gateway) -> None:
    form = "application/x-www-form-urlencoded"
    for url, kind in (("/open311/v2/requests.json", form), ("/api/requests", "application/json")):
        assert "no-store" in gateway.post(url, "", kind).headers["Cache-Control"]
