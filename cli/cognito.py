"""Signing in through the city's own user pool, challenge by challenge."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from cli.failures import Failure

_SECOND_FACTOR = "The six digits that your authenticator shows"


class Ask(Protocol):
    """Asks the person at the keyboard."""

    def secret(self, prompt: str) -> str:
        """An answer that is not shown."""

    def plain(self, prompt: str) -> str:
        """An answer that is."""

    def tell(self, text: str) -> None:
        """Something to know before answering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a sign-in gives. `expires_at`: epoch seconds."""

    id_token: str
    refresh_token: str | None
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One user pool client. `cognito`: a boto3 client that signs nothing, the calls are public."""

    cognito: Any
    client_id: str
    ask: Ask

    def with_password(self, name: str, password: str) -> Tokens:
        """Sign in; asks for what the pool still wants (a new password, a second factor)."""
        answer = _called(
            self.cognito.initiate_auth,
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )
        while "AuthenticationResult" not in answer:
            answer = self._respond(answer, name)
        return _tokens(answer["AuthenticationResult"])

    def with_refresh_token(self, refresh_token: str) -> Tokens:
        """A new identity token for a session that goes on."""
        answer = _called(
            self.cognito.initiate_auth,
            ClientId=self.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": refresh_token},
        )
        return _tokens(answer["AuthenticationResult"])

    def _respond(self, answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        challenge = str(answer.get("ChallengeName"))
        handler = self._handlers().get(challenge)
        if handler is None:
            raise Failure(f"The pool asks for {challenge}, which this command cannot answer.")
        # With an e-mail address as name, later calls must use the name the pool keeps.
        known = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", name)
        session, responses = handler(str(answer.get("Session")))
        return _called(
            self.cognito.respond_to_auth_challenge,
            ClientId=self.client_id,
            ChallengeName=challenge,
            Session=session,
            ChallengeResponses={"USERNAME": known, **responses},
        )

    def _handlers(self) -> Mapping[str, Callable[[str], tuple[str, dict[str, str]]]]:
        return {
            "NEW_PASSWORD_REQUIRED": self._new_password,
            "SOFTWARE_TOKEN_MFA": self._second_factor,
            "MFA_SETUP": self._set_up,
        }

    def _new_password(self, session: str) -> tuple[str, dict[str, str]]:
        self.ask.tell("This is the first sign-in: choose a password of your own.")
        return session, {"NEW_PASSWORD": self.ask.secret("New password")}

    def _second_factor(self, session: str) -> tuple[str, dict[str, str]]:
        return session, {"SOFTWARE_TOKEN_MFA_CODE": self.ask.plain(_SECOND_FACTOR)}

    def _set_up(self, session: str) -> tuple[str, dict[str, str]]:
        begun = _called(self.cognito.associate_software_token, Session=session)
        self.ask.tell(f"Enter this key in an authenticator app: {begun['SecretCode']}")
        code = self.ask.plain(_SECOND_FACTOR)
        done = _called(self.cognito.verify_software_token, Session=begun["Session"], UserCode=code)
        return str(done["Session"]), {}


_WORDS = {
    "NotAuthorizedException": "The name or the password is not right, or the session is over.",
    "UserNotFoundException": "The name or the password is not right.",
    "PasswordResetRequiredException": "Your password was reset: ask an administrator.",
    "UserNotConfirmedException": "This account was never confirmed: ask an administrator.",
    "CodeMismatchException": "These digits are not right: sign in again.",
    "EnableSoftwareTokenMFAException": "These digits are not right: sign in again.",
    "ExpiredCodeException": "These digits are too old: sign in again.",
    "TooManyRequestsException": "Too many tries: wait a minute and try again.",
    "LimitExceededException": "Too many tries: wait a while and try again.",
    "ResourceNotFoundException": "The pool does not know this client id: check --client-id.",
}


def _called(operation: Callable[..., Any], **arguments: Any) -> Mapping[str, Any]:
    try:
        answer: Mapping[str, Any] = operation(**arguments)
    except ClientError as error:
        found = error.response.get("Error", {})
        words = _WORDS.get(found.get("Code", "")) or found.get("Message") or str(error)
        raise Failure(words) from None
    except BotoCoreError as error:
        raise Failure(f"The user pool cannot be reached: {error}") from None
    return answer


def _tokens(result: Mapping[str, Any]) -> Tokens:
    return Tokens(
        id_token=str(result["IdToken"]),
        refresh_token=result.get("RefreshToken"),
        expires_at=time.time() + float(result.get("ExpiresIn", 3600)),
    )
