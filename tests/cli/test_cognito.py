"""Signing in: each challenge of the pool, each refusal in plain words."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from cli.cognito import SignIn
from cli.failures import Failure

_DONE = {"AuthenticationResult": {"IdToken": "id", "RefreshToken": "r", "ExpiresIn": 60}}


class FakeCognito:
    """Answers from a list, and keeps what it was asked."""

    def __init__(self, *answers: Mapping[str, Any] | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def _next(self, **arguments: Any) -> Any:
        self.asked.append(arguments)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    initiate_auth = respond_to_auth_challenge = _next
    associate_software_token = verify_software_token = _next


class Answers:
    """A person who says what was written down for them."""

    def __init__(self, *said: str) -> None:
        self._said = list(said)
        self.told: list[str] = []

    def secret(self, prompt: str) -> str:
        return self._said.pop(0)

    plain = secret

    def tell(self, text: str) -> None:
        self.told.append(text)


def challenge(name: str, **parameters: str) -> dict[str, Any]:
    return {"ChallengeName": name, "Session": "s1", "ChallengeParameters": parameters}


def test_a_name_and_a_password_are_enough() -> None:
    cognito = FakeCognito(_DONE)

    tokens = SignIn(cognito=cognito, client_id="c", ask=Answers()).with_password("ada", "secret")

    assert (tokens.id_token, tokens.refresh_token) == ("id", "r")
    assert cognito.asked[0]["AuthParameters"] == {"USERNAME": "ada", "PASSWORD": "secret"}
    assert cognito.asked[0]["AuthFlow"] == "USER_PASSWORD_AUTH"


def test_the_first_sign_in_asks_for_a_password_of_ones_own() -> None:
    cognito = FakeCognito(challenge("NEW_PASSWORD_REQUIRED", USER_ID_FOR_SRP="u-1"), _DONE)
    person = Answers("fresh")

    SignIn(cognito=cognito, client_id="c", ask=person).with_password("ada@x", "temporary")

    responses = cognito.asked[1]["ChallengeResponses"]
    assert responses == {"USERNAME": "u-1", "NEW_PASSWORD": "fresh"}
    assert person.told


def test_a_second_factor_is_asked_for() -> None:
    cognito = FakeCognito(challenge("SOFTWARE_TOKEN_MFA"), _DONE)

    SignIn(cognito=cognito, client_id="c", ask=Answers("123456")).with_password("ada", "p")

    responses = cognito.asked[1]["ChallengeResponses"]
    assert responses == {"USERNAME": "ada", "SOFTWARE_TOKEN_MFA_CODE": "123456"}


def test_a_second_factor_is_set_up_where_the_pool_demands_one() -> None:
    begun, verified = {"SecretCode": "KEY", "Session": "s2"}, {"Session": "s3"}
    cognito = FakeCognito(challenge("MFA_SETUP"), begun, verified, _DONE)
    person = Answers("123456")

    SignIn(cognito=cognito, client_id="c", ask=person).with_password("ada", "p")

    assert "KEY" in person.told[0]
    assert cognito.asked[2] == {"Session": "s2", "UserCode": "123456"}
    assert (cognito.asked[3]["ChallengeName"], cognito.asked[3]["Session"]) == ("MFA_SETUP", "s3")


def test_a_challenge_nobody_knows_is_named() -> None:
    cognito = FakeCognito(challenge("SMS_MFA"))

    with pytest.raises(Failure, match="asks for SMS_MFA"):
        SignIn(cognito=cognito, client_id="c", ask=Answers()).with_password("ada", "p")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("NotAuthorizedException", "The name or the password is not right"),
        ("ResourceNotFoundException", "check --client-id"),
        ("InvalidPasswordException", "Password did not conform"),
    ],
)
def test_refusals_of_the_pool_are_sentences(code: str, words: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "Password did not conform"}}, "x")

    with pytest.raises(Failure, match=words):
        SignIn(cognito=FakeCognito(error), client_id="c", ask=Answers()).with_password("a", "p")


def test_a_pool_out_of_reach_is_a_sentence() -> None:
    error = EndpointConnectionError(endpoint_url="https://pool")

    with pytest.raises(Failure, match="cannot be reached"):
        SignIn(cognito=FakeCognito(error), client_id="c", ask=Answers()).with_refresh_token("r")
