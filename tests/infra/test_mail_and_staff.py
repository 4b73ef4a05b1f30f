"""Letters, what became of them, and who may sign in."""

from tests.infra.template import Template, text


def test_mail_is_sent_over_tls_and_its_reputation_is_watched(app: Template) -> None:
    settings = app.one("AWS::SES::ConfigurationSet")

    assert settings["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"
    assert settings["ReputationOptions"]["ReputationMetricsEnabled"] is True
    assert set(settings["SuppressionOptions"]["SuppressedReasons"]) == {"BOUNCE", "COMPLAINT"}


def test_the_sender_is_the_domain_of_the_city_s_address(app: Template) -> None:
    assert app.one("AWS::SES::EmailIdentity")["EmailIdentity"] == "tinytown.example"


def test_notify_hears_what_became_of_a_letter(app: Template) -> None:
    destination = app.one("AWS::SES::ConfigurationSetEventDestination")["EventDestination"]
    topic, _ = app.at("/Mail/Events/Resource")
    (feedback,) = (p for p in app.props("AWS::SNS::Subscription") if p["Protocol"] == "lambda")

    assert {e.lower() for e in destination["MatchingEventTypes"]} == {
        *("send", "delivery", "bounce", "complaint", "reject"),
        *("renderingfailure", "deliverydelay"),
    }
    assert destination["Enabled"] is not False
    assert topic in text(destination["SnsDestination"])
    assert feedback["TopicArn"] == {"Ref": topic}
    assert feedback["Endpoint"] == {"Ref": app.alias("notify")}
    assert feedback["RedrivePolicy"]["deadLetterTargetArn"]


def test_only_ses_of_this_account_reports_on_letters(app: Template) -> None:
    topic, _ = app.at("/Mail/Events/Resource")
    (policy,) = (p for p in app.props("AWS::SNS::TopicPolicy") if {"Ref": topic} in p["Topics"])
    allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]

    assert [s["Principal"] for s in allowed] == [{"Service": "ses.amazonaws.com"}]
    assert "AWS::AccountId" in text(allowed[0]["Condition"])


def test_nobody_signs_up_by_themselves(data: Template) -> None:
    pool = data.one("AWS::Cognito::UserPool")

    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 14
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]


def test_a_second_factor_is_required_where_residents_are(
    data: Template, production_data: Template
) -> None:
    assert data.one("AWS::Cognito::UserPool")["MfaConfiguration"] == "OPTIONAL"
    assert production_data.one("AWS::Cognito::UserPool")["MfaConfiguration"] == "ON"


def test_roles_and_departments_are_groups(data: Template) -> None:
    groups = {p["GroupName"] for p in data.props("AWS::Cognito::UserPoolGroup")}

    assert groups == {
        *("agent", "department", "supervisor", "auditor", "admin"),
        *("dept-streets", "dept-parks"),
    }


def test_a_session_lasts_an_hour_and_grants_nothing_by_attribute(data: Template) -> None:
    client = data.one("AWS::Cognito::UserPoolClient")

    assert client["IdTokenValidity"] == client["AccessTokenValidity"] == 60
    assert client["TokenValidityUnits"]["IdToken"] == "minutes"
    assert set(client["ExplicitAuthFlows"]) == {
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    }
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["WriteAttributes"] == ["name"]
