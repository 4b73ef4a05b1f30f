"""Every route answers something for every method, in the right format."""

import json
import os
import subprocess
import sys

import pytest
from defusedxml.ElementTree import fromstring

from functions.intake.app import app as intake
from functions.status.app import app as status
from tests.functions.conftest import Account
from tests.functions.gateway import Answer, Gateway, NoSuchMethod

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
PATHS = sorted({*intake.routes, *status.routes})
FILLED = {
    "{service_request_id}": "000000000",
    "{service_code}": "pothole.json",
    "{token}": "t.xml",
    "{command}": "accept",
    "{proxy+}": "v3/nothing.json",
}


def filled(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


def assert_well_formed(answer: Answer, path: str, method: str) -> None:
    assert answer.status < 500
    if method == "HEAD":
        assert answer.body == ""
        return
    if answer.headers["Content-Type"].startswith("text/html"):
        assert (answer.status, path) == (200, "/open311")
    elif answer.headers["Content-Type"].startswith("text/xml"):
        root = fromstring(answer.body.encode())
        assert (root.tag == "errors") == (answer.status >= 400)
    else:
        found = json.loads(answer.body)
        if answer.status >= 400 and path.startswith("/open311"):
            assert all(set(each) == {"code", "description", "reason"} for each in found)
            assert all(each["code"] == answer.status for each in found)
        elif answer.status >= 400:
            assert set(found) == {"errors", "request_id"}
            assert all({"field", "message", "reason"} <= set(each) for each in found["errors"])
    if path.startswith("/open311") and path.endswith(".json"):
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    if path.endswith(".xml"):
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_of_every_route_is_answered_in_format(
    deployed: Account, gateway: Gateway, path: str, method: str
) -> None:
    url = filled(path)
    try:
        answer = gateway.call(method, url, b"{}", {"Content-Type": "application/json"})
    except NoSuchMethod:
        # Only the city's own API leaves wrong methods to the gateway, whose answers infra shapes.
        assert path.startswith("/api/")
        return

    assert_well_formed(answer, url, method)
    for name in ("X-Content-Type-Options", "Content-Security-Policy", "X-Request-Id"):
        assert answer.headers[name]


@pytest.mark.parametrize("path", ["requests", "services/pothole", "discovery", "tokens/1"])
def test_a_wrong_method_is_a_bad_request_in_open311(
    deployed: Account, gateway: Gateway, path: str
) -> None:
    answer = gateway.call("DELETE", f"/open311/v2/{path}.xml")

    assert answer.status == 400
    assert answer.xml.findtext("error/code") == "400"
    assert "Allow" not in answer.headers


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/open311/v2/nothing.json", "application/json; charset=utf-8"),
        ("/open311/v2/nothing.xml", "text/xml; charset=utf-8"),
        ("/open311/v2/requests.csv", "text/xml; charset=utf-8"),
        ("/open311/nothing", "text/xml; charset=utf-8"),
        ("/open311/v2/requests/000000000/photos.json", "application/json; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_an_unknown_address_is_not_found_in_format(
    deployed: Account, gateway: Gateway, path: str, kind: str, method: str
) -> None:
    answer = gateway.call(method, path, b"a=1", {"Content-Type": "text/plain"})

    assert (answer.status, answer.headers["Content-Type"]) == (404, kind)


@pytest.mark.parametrize(
    ("sloppy", "proper"),
    [
        ("/open311/v2//services.json", "/open311/v2/services.json"),
        ("/open311//v2/services/lamp.xml", "/open311/v2/services/lamp.xml"),
        ("/open311/v2/services", "/open311/v2/services.xml"),
        ("/open311/v2/requests/", "/open311/v2/requests.xml"),
        ("/open311/v2/discovery", "/open311/v2/discovery.xml"),
    ],
)
def test_a_sloppy_address_is_the_one_it_means(
    deployed: Account, gateway: Gateway, sloppy: str, proper: str
) -> None:
    assert gateway.get(sloppy).body == gateway.get(proper).body


def test_without_a_suffix_accept_decides(deployed: Account, gateway: Gateway) -> None:
    assert gateway.get("/open311/v2/services", accept="application/json").json
    assert gateway.get("/open311/v2/services/lamp", accept="application/json").json
    assert gateway.get("/open311/v2/services/lamp").xml.tag == "service_definition"


def test_a_report_may_be_posted_to_a_sloppy_address(deployed: Account, gateway: Gateway) -> None:
    body = "service_code=tree&lat=40.02&long=-75.08"

    answer = gateway.post("/open311/v2//requests.json", body, "application/x-www-form-urlencoded")

    assert (answer.status, len(answer.json)) == (200, 1)


def test_no_path_has_two_owners() -> None:
    owned = [
        (path, method)
        for app in (intake, status)
        for path, views in app.routes.items()
        for method in views
    ]

    assert len(owned) == len(set(owned))


def test_importing_the_functions_touches_no_environment_and_no_aws() -> None:
    code = (
        "import os, socket; before = dict(os.environ)\n"
        "def refuse(*_, **__): raise AssertionError('a socket')\n"
        "socket.socket.connect = refuse\n"
        "import functions.intake.app, functions.status.app, functions.intake.photo\n"
        "assert dict(os.environ) == before\n"
        "from city311.adapters import clients\n"
        "assert clients.client.cache_info().currsize == 0\n"
    )
    path = os.pathsep.join(["layers/city311/python", "."])

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
