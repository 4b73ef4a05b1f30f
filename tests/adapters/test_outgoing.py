"""Mails and texts: what is sent, what is refused before, and which failures are worth a retry."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from city311.adapters import clients
from city311.adapters.memory import MemoryMailer, MemoryTexter
from city311.adapters.ses import SesMailer
from city311.adapters.sns import SnsTexter
from city311.ports import Mail, Mailer, PermanentFailure, Texter, TransientFailure
from tests.adapters.building import a_message
from tests.adapters.conftest import a_client
from tests.adapters.wire import Wire, cut_before, lost_answer

SENDER = "City of Quillhaven <311@quillhaven.example>"
NUMBER = "+15155550123"


def a_mail(**changes: str) -> Mail:
    values = {
        "ledger_id": a_message().ledger_id,
        "to": "river.alvarez@example.com",
        "subject": "Recibimos su solicitud — ñandú",
        "text": "We have it.\n",
        "html": "<p>We have it.</p>",
    }
    return Mail(**{**values, **changes})


@pytest.fixture
def ses(aws: None) -> Any:
    client = a_client("sesv2")
    client.create_email_identity(EmailIdentity="quillhaven.example")
    return client


@pytest.fixture(params=["memory", "ses"])
def mailer(request: pytest.FixtureRequest) -> Mailer:
    if request.param == "memory":
        return MemoryMailer()
    return SesMailer(request.getfixturevalue("ses"), SENDER, "city")


@pytest.fixture(params=["memory", "sns"])
def texter(request: pytest.FixtureRequest) -> Texter:
    if request.param == "memory":
        return MemoryTexter()
    request.getfixturevalue("aws")
    return SnsTexter(a_client("sns"))


def test_a_mail_is_taken_and_gets_an_id(mailer: Mailer) -> None:
    first, second = mailer.send(a_mail()), mailer.send(a_mail())

    assert first
    assert first != second


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hello\r\nBcc: all@example.com"},
        {"subject": "Hello\nthere"},
        {"subject": "Hello\x00"},
        {"subject": "Hello\u2028there"},
        {"to": "a@example.com\r\nBcc: b@example.com"},
        {"to": "a@example.com, b@example.com"},
        {"to": "a@example.com;b@example.com"},
        {"to": "A <a@example.com>"},
        {"to": "a b@example.com"},
        {"to": "a@b@example.com"},
        {"to": "nobody"},
        {"to": "@example.com"},
        {"to": "a@"},
        {"to": ""},
        {"to": "ñandú@example.com"},
        {"to": f"a@{'x' * 64}.example"},
        {"to": "a@x..example"},
    ],
)
def test_what_could_start_a_header_or_reach_another_is_never_sent(
    mailer: Mailer, changes: dict[str, str]
) -> None:
    with pytest.raises(PermanentFailure) as failure:
        mailer.send(a_mail(**changes))

    assert "example.com" not in str(failure.value)


def test_what_ses_is_asked(aws: None) -> None:
    client = a_client("sesv2")
    mail = a_mail(to="river@ñandú.example")
    with Stubber(client) as stub:
        stub.add_response(
            "send_email",
            {"MessageId": "ses-1"},
            {
                "FromEmailAddress": SENDER,
                "Destination": {"ToAddresses": ["river@xn--and-6ma2c.example"]},
                "Content": {
                    "Simple": {
                        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": mail.text, "Charset": "UTF-8"},
                            "Html": {"Data": mail.html, "Charset": "UTF-8"},
                        },
                        "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
                    }
                },
                "EmailTags": [{"Name": "ledger_id", "Value": mail.ledger_id}],
                "ConfigurationSetName": "city",
            },
        )
        assert SesMailer(client, SENDER, "city").send(mail) == "ses-1"
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("MessageRejected", 400, PermanentFailure),
        ("BadRequestException", 400, PermanentFailure),
        ("TooManyRequestsException", 429, TransientFailure),
        ("LimitExceededException", 400, TransientFailure),
        ("SendingPausedException", 400, TransientFailure),
        ("AccountSuspendedException", 400, TransientFailure),
        ("MailFromDomainNotVerifiedException", 400, TransientFailure),
        ("NotFoundException", 404, TransientFailure),
        ("InternalFailure", 500, TransientFailure),
        ("AccessDeniedException", 403, ClientError),
    ],
)
def test_what_ses_says(aws: None, code: str, status: int, error: type[Exception]) -> None:
    client = a_client("sesv2")
    with Stubber(client) as stub:
        stub.add_client_error("send_email", code, "no", status)

        with pytest.raises(error):
            SesMailer(client, SENDER, "city").send(a_mail())


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("InvalidParameter", 400, PermanentFailure),
        ("InvalidParameterValue", 400, PermanentFailure),
        ("ValidationException", 400, PermanentFailure),
        ("Throttled", 429, TransientFailure),
        ("ThrottledException", 400, TransientFailure),
        ("InternalError", 500, TransientFailure),
        ("AuthorizationError", 403, ClientError),
    ],
)
def test_what_sns_says(aws: None, code: str, status: int, error: type[Exception]) -> None:
    client = a_client("sns")
    with Stubber(client) as stub:
        stub.add_client_error("publish", code, "no", status)

        with pytest.raises(error):
            SnsTexter(client).send("ledger", NUMBER, "We have it.")


def test_what_sns_is_asked(aws: None) -> None:
    client = a_client("sns")
    with Stubber(client) as stub:
        stub.add_response(
            "publish",
            {"MessageId": "sns-1"},
            {
                "PhoneNumber": NUMBER,
                "Message": "We have it.",
                "MessageAttributes": {
                    "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
                },
            },
        )
        assert SnsTexter(client).send("ledger", NUMBER, "We have it.") == "sns-1"


def test_a_text_is_taken_and_gets_an_id(texter: Texter) -> None:
    first = texter.send("ledger", NUMBER, "We have it.")

    assert first
    assert first != texter.send("ledger", NUMBER, "We have it.")


@pytest.mark.parametrize(
    "to",
    [
        "5155550123",
        "+05155550123",
        "+1515555012a",
        "+1 515 555 0123",
        "",
        "+123456",
        "+" + "1" * 16,
        "+١٥١٥٥٥٥٠١٢٣",
    ],
)
def test_a_number_that_is_not_e164_is_never_texted(texter: Texter, to: str) -> None:
    with pytest.raises(PermanentFailure):
        texter.send("ledger", to, "We have it.")


@pytest.mark.parametrize("text", ["", "x" * 1_601])
def test_a_text_that_no_publish_can_carry_is_never_sent(texter: Texter, text: str) -> None:
    with pytest.raises(PermanentFailure):
        texter.send("ledger", NUMBER, text)


@pytest.mark.parametrize("fault", [cut_before, lost_answer])
def test_a_lost_answer_is_never_repeated_by_the_sdk(
    monkeypatch: pytest.MonkeyPatch, ses: Any, fault: Callable[..., Any]
) -> None:
    clients.client.cache_clear()
    mails = Wire(clients.client("sesv2", retries=False), "sesv2")
    texts = Wire(clients.client("sns", retries=False), "sns")
    mails.faults.append(fault)
    texts.faults.append(fault)

    with pytest.raises(TransientFailure):
        SesMailer(mails.client, SENDER, "city").send(a_mail())
    with pytest.raises(TransientFailure):
        SnsTexter(texts.client).send("ledger", NUMBER, "We have it.")

    assert (mails.attempts, texts.attempts) == (1, 1)
    clients.client.cache_clear()


def test_the_twins_fail_as_told() -> None:
    mailer = MemoryMailer(failures=[TransientFailure("later")])
    texter = MemoryTexter(failures=[PermanentFailure("never")])
    with pytest.raises(TransientFailure):
        mailer.send(a_mail())
    with pytest.raises(PermanentFailure):
        texter.send("ledger", NUMBER, "We have it.")

    mailer.send(a_mail())
    texter.send("ledger", NUMBER, "We have it.")

    assert mailer.sent == [a_mail()]
    assert texter.sent == [("ledger", NUMBER, "We have it.")]
