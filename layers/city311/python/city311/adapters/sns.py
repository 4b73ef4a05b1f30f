"""Text messages through SNS."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from city311.adapters.aws import NO_ANSWER, code_of, is_busy
from city311.adapters.outgoing import check_text
from city311.ports import PermanentFailure, TransientFailure

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

REFUSED = frozenset(
    {"InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid", "ValidationException"}
)
"""The number or the text itself is wrong, or its owner has opted out."""


class SnsTexter:
    """SNS behind one verb. Give it a client that does not retry by itself."""

    def __init__(self, client: "SNSClient") -> None:
        self._client = client

    def send(self, ledger_id: str, to: str, text: str) -> str:
        """Hand it over and return SNS's message id.

        ``ledger_id`` stays here: a text message has no room for a tag.
        TransientFailure after a lost answer says only that nobody knows: the lease decides.
        """
        check_text(to, text)
        try:
            answer = self._client.publish(
                PhoneNumber=to,
                Message=text,
                MessageAttributes={
                    "AWS.SNS.SMS.SMSType": {
                        "DataType": "String",
                        "StringValue": "Transactional",
                    }
                },
            )
        except ClientError as error:
            if code_of(error) in REFUSED:
                raise PermanentFailure(code_of(error)) from error
            if is_busy(error):
                raise TransientFailure(code_of(error)) from error
            raise
        except NO_ANSWER as error:
            raise TransientFailure("no answer") from error
        return answer["MessageId"]
