"""The short way to DynamoDB: the same answers, and botocore's own way for all that goes wrong."""

import json
import re
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import pytest
from botocore.config import Config
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    SSLError,
)
from botocore.retries.standard import ExponentialBackoff
from botocore.session import get_session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from moto.core.models import botocore_stubber
from urllib3.util.wait import wait_for_read

from city311.adapters import clients
from city311.adapters.dynamodb.attempt import FirstAttempt, _Raw
from city311.adapters.dynamodb.line import Lines
from tests.adapters.far import Far, far_away, hangs_up_after, says, written
from tests.adapters.plan import TABLE

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
ITEM = {**KEY, "text": {"S": "Größe 🕳 \u2028"}, "raw": {"B": b"\x00\xff"}, "seq": {"N": "1"}}
GET = {"TableName": TABLE, "Key": KEY}
NONE_YET = {"ConditionExpression": "attribute_not_exists(pk)"}
CHUNKS = {"Transfer-Encoding": "chunked"}
EMPTY = written(b"{}")
THROTTLED = written(b'{"__type":"x#ThrottlingException","message":"slow"}', 400)
BROKEN = written(b'{"__type":"x#InternalServerError","message":"no"}', 500)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repetitions come without a pause."""
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)


@pytest.fixture(autouse=True)
def _hung_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process keeps its connections for life; here each test ends its own."""
    opened: list[HTTPConnection] = []
    connect = HTTPConnection.connect

    def noted(connection: HTTPConnection) -> None:
        opened.append(connection)
        connect(connection)

    monkeypatch.setattr(HTTPConnection, "connect", noted)
    yield
    for each in opened:
        each.close()


@pytest.fixture
def far(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Far]:
    with far_away() as found:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", found.url)
        yield found


@pytest.fixture
def ours(far: Far) -> Iterator[Any]:
    """Our client, past moto's hook, on a real connection."""
    forget()
    client = clients.client("dynamodb")
    client.meta.events.unregister("before-send", botocore_stubber)
    yield client
    forget()


def forget() -> None:
    clients.client.cache_clear()
    clients._session.cache_clear()


class Ways:
    """Which way each answer came: listens where listening changes nothing."""

    def __init__(self, client: Any) -> None:
        self.short: list[bool] = []
        client.meta.events.register("after-call.dynamodb", self._on_answer)

    def _on_answer(self, http_response: Any, **_: Any) -> None:
        self.short.append(isinstance(http_response.raw, _Raw))


CALLS = (
    ("put_item", {"TableName": TABLE, "Item": ITEM, **NONE_YET}),
    ("get_item", GET),
    ("get_item", {"TableName": TABLE, "Key": {**KEY, "sk": {"S": "none"}}}),
    (
        "query",
        {
            "TableName": TABLE,
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": KEY["pk"]},
        },
    ),
    ("batch_get_item", {"RequestItems": {TABLE: {"Keys": [KEY]}}}),
    (
        "update_item",
        {
            **GET,
            "UpdateExpression": "SET seq = :n",
            "ExpressionAttributeValues": {":n": {"N": "2"}},
            "ReturnValues": "ALL_NEW",
        },
    ),
    ("put_item", {"TableName": TABLE, "Item": ITEM, **NONE_YET}),
    (
        "transact_write_items",
        {"TransactItems": [{"Put": {"TableName": TABLE, "Item": ITEM, **NONE_YET}}]},
    ),
    ("delete_item", GET),
    ("transact_write_items", {"TransactItems": [{"Put": {"TableName": TABLE, "Item": ITEM}}]}),
    ("delete_item", GET),
    ("get_item", {"TableName": "none", "Key": KEY}),
)


def outcomes(client: Any) -> list[Any]:
    """What each call gave or raised, without what differs from connection to connection."""
    out: list[Any] = []
    for name, params in CALLS:
        try:
            found = getattr(client, name)(**params)
        except ClientError as error:
            found = error.response
            out.append(type(error).__name__)
        meta = found.pop("ResponseMetadata")
        out.append((found, meta["HTTPStatusCode"], meta["RetryAttempts"], sorted(meta)))
    return out


def test_every_call_gives_what_botocore_gives(ours: Any, far: Far) -> None:
    found = outcomes(ours)
    asked = len(far.heard)
    theirs = outcomes(theirs_at(far))

    assert found == theirs
    assert asked == len(CALLS) == len(far.heard) - asked
    assert [h.body for h in far.heard[:7]] == [h.body for h in far.heard[asked:][:7]]


def theirs_at(far: Far, attempts: int = 3) -> Any:
    """botocore's own client on the same connection."""
    retries: Any = {"mode": "standard", "total_max_attempts": attempts}
    client = get_session().create_client(
        "dynamodb", endpoint_url=far.url, config=Config(retries=retries)
    )
    client.meta.events.unregister("before-send", botocore_stubber)
    return client


def test_what_goes_well_goes_the_short_way_on_one_connection(ours: Any, far: Far) -> None:
    ways = Ways(ours)

    for name, params in CALLS[:6]:
        getattr(ours, name)(**params)

    assert ways.short == [True] * 6
    assert len({heard.connection for heard in far.heard}) == 1


def test_both_send_the_same_headers(ours: Any, far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "status")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")

    for client in (ours, theirs_at(far)):
        client.get_item(**GET)

    mine, theirs = (dict(heard.headers) for heard in far.heard)
    changing = {"authorization", "x-amz-date", "amz-sdk-invocation-id", "user-agent"}
    assert mine.keys() == theirs.keys()
    same = mine.keys() - changing
    assert {name: mine[name] for name in same} == {name: theirs[name] for name in same}
    signed = [re.findall("SignedHeaders=[^,]+", each["authorization"]) for each in (mine, theirs)]
    assert signed[0] == signed[1]


@pytest.mark.parametrize(
    "fault",
    [
        says(THROTTLED),
        says(BROKEN),
        says(written(b"{}", headers={"x-amz-crc32": "1"})),
        hangs_up_after(),
        hangs_up_after(b"HTTP/1.1 200 OK\r\nContent-Le"),
        hangs_up_after(EMPTY[:-1]),
        hangs_up_after(b"What?\r\n\r\n"),
        says(written(b"1\r\n{}\r\n", headers=CHUNKS, length=False)),
    ],
    ids=["throttled", "500", "checksum", "silence", "head", "body", "no http", "chunk"],
)
@pytest.mark.parametrize(
    ("name", "params"), [CALLS[1], CALLS[9]], ids=["GetItem", "TransactWriteItems"]
)
def test_a_fault_is_botocores_first_attempt(
    ours: Any, far: Far, fault: Any, name: str, params: dict[str, Any]
) -> None:
    far.answers.append(fault)
    ways = Ways(ours)

    found = getattr(ours, name)(**params)

    assert found["ResponseMetadata"]["RetryAttempts"] == 1
    assert ways.short == [False]
    first, second = far.heard
    assert first.body == second.body  # The token of a transaction among it.
    said = [heard.headers["amz-sdk-request"] for heard in far.heard]
    assert [re.sub("ttl=[^;]+; ", "", each) for each in said] == [
        "attempt=1; max=3",
        "attempt=2; max=3",
    ]
    assert len({heard.headers["amz-sdk-invocation-id"] for heard in far.heard}) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (says(THROTTLED), ClientError),
        (says(BROKEN), ClientError),
        (hangs_up_after(), ConnectionClosedError),
    ],
)
def test_a_fault_that_lasts_is_tried_three_times_and_raised(
    ours: Any, far: Far, fault: Any, error: type[Exception]
) -> None:
    far.answers.extend([fault] * 4)

    with pytest.raises(error):
        ours.get_item(**GET)

    assert len(far.heard) == 3


@pytest.mark.parametrize("code", ["ConditionalCheckFailedException", "AccessDeniedException"])
def test_a_refusal_is_not_repeated(ours: Any, far: Far, code: str) -> None:
    body = json.dumps({"__type": f"x#{code}", "message": "no", "Item": ITEM_AS_SENT}).encode()
    far.answers.append(says(written(body, 400)))

    with pytest.raises(ClientError) as caught:
        ours.put_item(TableName=TABLE, Item=ITEM, **NONE_YET)

    assert caught.value.response["Error"]["Code"] == code
    assert len(far.heard) == 1


ITEM_AS_SENT = {**KEY, "seq": {"N": "1"}}


def test_an_answer_that_does_not_come_is_a_time_out(far: Far) -> None:
    client = theirs_at(far)
    join(client, Lines(url=far.url, bundle="", connect_seconds=1, read_seconds=0.05))
    far.answers.append(lambda _talk, _heard: None)

    assert client.get_item(**GET)["ResponseMetadata"]["RetryAttempts"] == 1
    assert len(far.heard) == 2


def join(client: Any, lines: Lines, credentials: Any = None) -> FirstAttempt:
    made = FirstAttempt(
        client=client, credentials=credentials or Credentials("A", "s"), lines=lines
    )
    made.join()
    return made


def test_a_time_out_that_lasts_is_raised_as_one(far: Far) -> None:
    client = theirs_at(far, attempts=1)
    join(client, Lines(url=far.url, bundle="", connect_seconds=1, read_seconds=0.05))
    far.answers.append(lambda _talk, _heard: None)

    with pytest.raises(ReadTimeoutError):
        client.get_item(**GET)

    assert len(far.heard) == 1


def test_nobody_there_is_botocores_to_say(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with far_away() as gone:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", gone.url)
    forget()
    client = clients.client("dynamodb")
    client.meta.events.unregister("before-send", botocore_stubber)

    with pytest.raises(EndpointConnectionError):
        client.get_item(**GET)

    forget()


def test_a_connection_that_was_hung_up_meanwhile_is_not_used(ours: Any, far: Far) -> None:
    far.answers.append(hangs_up_after(EMPTY))

    for _ in range(2):
        assert ours.get_item(**GET)["ResponseMetadata"]["RetryAttempts"] == 0
        wait_until_hung_up(ours)

    assert len({heard.connection for heard in far.heard}) == len(far.heard) == 2


def wait_until_hung_up(client: Any) -> None:
    """Until what the other side did has arrived here."""
    (attempt,) = (
        each.__self__
        for each in client.meta.events._emitter._handlers.prefix_search("before-send")
        if isinstance(getattr(each, "__self__", None), FirstAttempt)
    )
    for line in attempt.lines._kept:
        wait_for_read(line.sock, timeout=0.5)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (written(b"{}", headers={"x-amz-crc32": str(crc32(b"{}"))}), True),
        (
            written(b"2\r\n{}\r\n0\r\n\r\n", headers=CHUNKS, length=False),
            True,
        ),
        (written(b"{}", headers={"Connection": "close"}), False),
        (EMPTY.replace(b"HTTP/1.1", b"HTTP/1.0"), False),
    ],
    ids=["length", "chunks", "close", "1.0"],
)
def test_every_frame_is_understood(ours: Any, far: Far, raw: bytes, *, kept: bool) -> None:
    far.answers.append(says(raw))
    ways = Ways(ours)

    ours.get_item(**GET)
    ours.get_item(**GET)

    assert ways.short == [True, True]
    assert len({heard.connection for heard in far.heard}) == (1 if kept else 2)


def test_an_answer_that_does_not_say_where_it_ends_is_asked_for_again(ours: Any, far: Far) -> None:
    far.answers.append(hangs_up_after(written(b'{"Item":{}}', length=False)))

    assert ours.get_item(**GET)["ResponseMetadata"]["RetryAttempts"] == 1
    assert len(far.heard) == 2


def test_credentials_are_asked_for_at_every_call(far: Far) -> None:
    client = theirs_at(far)
    moments = iter(range(1, 9))

    def fresh() -> dict[str, str]:
        number = next(moments)
        return {
            "access_key": f"KEY{number}",
            "secret_key": "secret",
            "token": f"token-{number}",
            "expiry_time": "2000-01-01T00:00:00Z" if number == 1 else "2999-01-01T00:00:00Z",
        }

    known = RefreshableCredentials.create_from_metadata(fresh(), fresh, "test")
    join(client, Lines(url=far.url, bundle="", connect_seconds=1, read_seconds=3), known)

    client.get_item(**GET)

    (heard,) = far.heard
    assert "Credential=KEY2/" in heard.headers["authorization"]
    assert heard.headers["x-amz-security-token"] == "token-2"


def test_who_has_no_credentials_is_told_so(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
    monkeypatch.setenv("AWS_CONFIG_FILE", "none")
    forget()
    client = clients.client("dynamodb")
    client.meta.events.unregister("before-send", botocore_stubber)

    with pytest.raises(NoCredentialsError):
        client.get_item(**GET)

    assert far.heard == []
    forget()


def test_credentials_that_cannot_be_refreshed_leave_no_connection_behind(far: Far) -> None:
    def stale() -> dict[str, str]:
        raise CredentialRetrievalError(provider="test", error_msg="gone")

    client = theirs_at(far)
    then = {
        "access_key": "K",
        "secret_key": "s",
        "token": "t",
        "expiry_time": "2000-01-01T00:00:00Z",
    }
    known = RefreshableCredentials.create_from_metadata(then, stale, "test")
    lines = Lines(url=far.url, bundle="", connect_seconds=1, read_seconds=3)
    join(client, lines, known)

    with pytest.raises(CredentialRetrievalError):
        client.get_item(**GET)

    assert far.opened == 0


EVENTS = (
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "response-received",
    "before-parse",
    "needs-retry",
)


@pytest.mark.parametrize("end", ["", ".dynamodb", ".dynamodb.GetItem", ".*.GetItem"])
def test_who_listens_hears_every_call(ours: Any, far: Far, end: str) -> None:
    heard: list[str] = []

    def listen(**told: Any) -> None:
        heard.append(told["event_name"])

    for event in EVENTS:
        ours.get_item(**GET)
        ours.meta.events.register(event + end, listen)
        ours.get_item(**GET)
        ours.get_item(**GET)
        ours.meta.events.unregister(event + end, listen)
        ours.get_item(**GET)

    assert heard == [f"{event}.dynamodb.GetItem" for event in EVENTS for _ in range(2)]
    assert len(far.heard) == 4 * len(EVENTS)


def test_the_events_of_the_short_way_are_told_as_ever(ours: Any, far: Far) -> None:
    heard: list[str] = []
    events = ("provide-client-params", "before-parameter-build", "before-call", "after-call")
    for event in events:
        ours.meta.events.register(event, lambda **told: heard.append(told["event_name"]))
    ways = Ways(ours)

    ours.get_item(**GET)

    assert ways.short == [True]
    assert heard == [f"{event}.dynamodb.GetItem" for event in events]
    assert len(far.heard) == 1


def test_who_answers_before_a_call_keeps_it_from_being_sent(ours: Any, far: Far) -> None:
    ours.meta.events.register(
        "before-call.dynamodb", lambda **_: (a_response(), {"Item": {"pk": {"S": "theirs"}}})
    )

    assert ours.get_item(**GET)["Item"] == {"pk": {"S": "theirs"}}
    assert far.heard == []


def a_response() -> Any:
    return type("Response", (), {"status_code": 200, "raw": None})()


def test_moto_is_one_who_listens(dynamodb: Any) -> None:
    forget()
    dynamodb.put_item(TableName=TABLE, Item=ITEM)
    client = clients.client("dynamodb")
    ways = Ways(client)

    assert client.get_item(**GET)["Item"] == ITEM
    assert ways.short == [False]
    forget()


def test_what_is_no_json_is_read_as_ever(ours: Any, far: Far) -> None:
    far.answers.extend([says(written(b"not json"))] * 2)

    found, theirs = (client.get_item(**GET) for client in (ours, theirs_at(far)))

    assert found == theirs
    assert len(far.heard) == 2


def test_a_call_we_do_not_know_goes_the_long_way(ours: Any, far: Far) -> None:
    ways = Ways(ours)

    table = ours.describe_table(TableName=TABLE)["Table"]

    assert table["CreationDateTime"].year > 2000
    assert ways.short == [False]


def test_another_signature_or_endpoint_goes_the_long_way(far: Far) -> None:
    elsewhere = theirs_at(far)
    join(elsewhere, Lines(url=far.url + "/x", bundle="", connect_seconds=1, read_seconds=3))
    unsigned = theirs_at(far)
    join(unsigned, Lines(url=far.url, bundle="", connect_seconds=1, read_seconds=3))
    unsigned._request_signer._signature_version = "v3"

    for client in (elsewhere, unsigned):
        ways = Ways(client)
        client.get_item(**GET)
        assert ways.short == [False]


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTP_PROXY", "http://127.0.0.1:1"), ("AWS_ENDPOINT_DISCOVERY_ENABLED", "true")],
)
def test_where_the_way_is_not_plain_it_is_not_ours(
    far: Far, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "")
    forget()
    listeners = clients.client("dynamodb").meta.events._emitter._handlers

    mine = [
        each
        for each in listeners.prefix_search("before-call.dynamodb")
        if isinstance(getattr(each, "__self__", None), FirstAttempt)
    ]

    assert mine == []
    forget()


def test_a_botocore_that_does_not_show_who_listens_is_left_alone() -> None:
    client = SimpleNamespace(meta=SimpleNamespace(events=SimpleNamespace()))

    join(client, Lines(url="http://localhost", bundle="", connect_seconds=1, read_seconds=1))

    assert vars(client.meta.events) == {}


def test_many_at_once_have_a_connection_each(ours: Any, far: Far) -> None:
    ours.put_item(TableName=TABLE, Item=ITEM)
    ways = Ways(ours)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ours.get_item(**GET)["Item"], range(64)))

    assert found == [ITEM] * 64
    assert ways.short == [True] * 64
    assert len({heard.connection for heard in far.heard}) <= 8


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ssl.SSLContext]:
    """A file of whom to trust, and what a server needs that is trusted then."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    folder = tmp_path_factory.mktemp("trust")
    trusted, whole = folder / "trusted.pem", folder / "whole.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    whole.write_bytes(secret + trusted.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(whole)
    return str(trusted), context


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_whom_botocore_trusts_we_trust(
    dynamodb: Any, certificate: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(name, certificate[0])
    with far_away(certificate[1]) as far:
        client = secure(far, monkeypatch)
        ways = Ways(client)

        client.get_item(**GET)
        client.get_item(**GET)

    assert ways.short == [True, True]
    assert len({heard.connection for heard in far.heard}) == 1
    forget()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_nobody_else_is_told_anything(
    dynamodb: Any, certificate: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name == "127.0.0.1":  # Trusted, but for another name.
        monkeypatch.setenv("AWS_CA_BUNDLE", certificate[0])
    with far_away(certificate[1]) as far:
        far.url = far.url.replace("localhost", name)
        client = secure(far, monkeypatch)

        with pytest.raises(SSLError):
            client.get_item(**GET)

    assert far.heard == []
    forget()


def secure(far: Far, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Our client of what is behind TLS."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", far.url)
    forget()
    client = clients.client("dynamodb")
    client.meta.events.unregister("before-send", botocore_stubber)
    return client
