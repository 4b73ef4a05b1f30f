"""Mail through SES: one recipient, text and HTML, tagged so that its events find the ledger."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from city311.adapters.aws import NO_ANSWER, code_of, is_busy
from city311.adapters.outgoing import check_mail
from city311.ports import Mail, PermanentFailure, TransientFailure

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

REFUSED = frozenset({"BadRequestException", "MessageRejected"})
"""The message itself is wrong."""
NOT_NOW = frozenset(
    {
        "AccountSuspendedException",
        "MailFromDomainNotVerifiedException",
        "NotFoundException",
        "SendingPausedException",
    }
)
"""The account or its set-up is wrong: the message is good once somebody has mended it."""


class SesMailer:
    """SES behind one verb. Give it a client that does not retry by itself."""

    def __init__(self, client: "SESV2Client", sender: str, configuration_set: str) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, mail: Mail) -> str:
        """Hand it over and return SES's message id.

        TransientFailure after a lost answer says only that nobody knows: the lease decides.
        """
        to = check_mail(mail)
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": mail.text, "Charset": "UTF-8"},
                            "Html": {"Data": mail.html, "Charset": "UTF-8"},
                        },
                        "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
                    }
                },
                EmailTags=[{"Name": "ledger_id", "Value": mail.ledger_id}],
                ConfigurationSetName=self._configuration_set,
            )
        except ClientError as error:
            code = code_of(error)
            if code in REFUSED:
                raise PermanentFailure(code) from error
            if code in NOT_NOW or is_busy(error):
                raise TransientFailure(code) from error
            raise
        except NO_ANSWER as error:
            raise TransientFailure("no answer") from error
        return answer["MessageId"]
