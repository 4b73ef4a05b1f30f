"""Who works here: the user pool, roles and department memberships as groups, the client."""

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from city311.domain.lifecycle import Role
from infra.plans import Plans

STAFF_ROLES = (Role.AGENT, Role.DEPARTMENT, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)
TOKEN_MINUTES = 60


class Staff(Construct):
    """Staff accounts. Nobody signs up alone; a group is the only thing that grants a role."""

    def __init__(self, scope: Construct, id: str, *, plans: Plans) -> None:
        super().__init__(scope, id)
        keep = plans.stage.retain
        required = plans.stage.mfa_required
        self.pool = cognito.UserPool(
            self,
            "UserPool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.REQUIRED if required else cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=14,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
                temp_password_validity=cdk.Duration.days(2),
            ),
            deletion_protection=keep,
            removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
        )
        for role in STAFF_ROLES:
            self._group(role.value, f"Role: {role.value}")
        for department in plans.city.departments.values():
            self._group(
                f"dept-{department.department_id}", f"Works for {plans.city.say(department.name)}"
            )
        self.client = self._client()

    def _group(self, name: str, description: str) -> None:
        cognito.CfnUserPoolGroup(
            self,
            f"Group-{name}",
            user_pool_id=self.pool.user_pool_id,
            group_name=name,
            description=description,
        )

    def _client(self) -> cognito.UserPoolClient:
        minutes = cdk.Duration.minutes(TOKEN_MINUTES)
        return self.pool.add_client(
            "Client",
            generate_secret=False,
            disable_o_auth=True,
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            id_token_validity=minutes,
            access_token_validity=minutes,
            refresh_token_validity=cdk.Duration.hours(12),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
            read_attributes=cognito.ClientAttributes().with_standard_attributes(email=True),
            write_attributes=cognito.ClientAttributes().with_standard_attributes(fullname=True),
        )
