"""The city's door on the web: a REST API, drawn from the Chalice route tables."""

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigw
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.answers import add_answers
from infra.function import CityFunction, log_group
from infra.plans import Plans
from infra.routes import Route, read_routes
from infra.stages import Stage

STAGE = "live"
BINARY = ["multipart/form-data", "application/x-www-form-urlencoded", "image/*"]
CORS_HEADERS = [
    "Content-Type",
    "Accept",
    "Authorization",
    "Idempotency-Key",
    "If-None-Match",
    "X-API-Key",
    "X-City311-Key",
]
LOGGED = {
    "request_id": "$context.requestId",
    "requested_at": "$context.requestTimeEpoch",
    "method": "$context.httpMethod",
    # The pattern, not the path: a path holds a request's id, and an address can hold anything.
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "integration_ms": "$context.integrationLatency",
    "integration_status": "$context.integrationStatus",
    "bytes": "$context.responseLength",
    "error": "$context.error.responseType",
    "trace": "$context.xrayTraceId",
}
"""All that is kept of a call: nothing of who made it, what it asked, what it was told."""


class Api(Construct):
    """The API itself and its stage ``live``; routes are added once their functions exist."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plans: Plans,
        log_key: kms.IKey,
        pool: cognito.IUserPool,
    ) -> None:
        super().__init__(scope, id)
        self.public_methods: list[apigw.Method] = []
        self.routes = read_routes({"intake": plans.intake, "status": plans.status})
        self.log = log_group(self, "Log", plans, log_key)
        self.rest = apigw.RestApi(
            self,
            "Rest",
            rest_api_name=plans.prefix,
            endpoint_types=[apigw.EndpointType.REGIONAL],
            binary_media_types=BINARY,
            cloud_watch_role=True,
            deploy_options=self._stage(plans),
        )
        self.rest.node.try_remove_child("Endpoint")  # the stack's outputs have names of their own
        self.staff_only = apigw.CognitoUserPoolsAuthorizer(
            self,
            "StaffOnly",
            cognito_user_pools=[pool],
            results_cache_ttl=cdk.Duration.minutes(5),
        )
        self._validator = self.rest.add_request_validator(
            "Validator", validate_request_body=True, validate_request_parameters=True
        )
        self._object = self.rest.add_model(
            "JsonObject",
            content_type="application/json",
            model_name="JsonObject",
            schema=apigw.JsonSchema(type=apigw.JsonSchemaType.OBJECT),
        )
        add_answers(self, self.rest)
        self._execution_log(plans, log_key)

    @property
    def host(self) -> str:
        """The API's host name, without the stage, so that nothing waits for the functions."""
        stack = cdk.Stack.of(self)
        return f"{self.rest.rest_api_id}.execute-api.{stack.region}.{stack.url_suffix}"

    def answer(self, functions: dict[str, CityFunction]) -> None:
        """Add every route, answered by the live alias of the room that owns it."""
        integrations = {
            room: apigw.LambdaIntegration(
                functions[room].alias,
                proxy=True,
                scope_permission_to_method=False,
            )
            for room in sorted({route.room for route in self.routes})
        }
        for route in self.routes:
            self._method(route, integrations[route.room])
        for path in sorted({route.path for route in self.routes if not route.for_staff}):
            self._preflight(path)

    def _execution_log(self, plans: Plans, log_key: kms.IKey) -> None:
        """Make the log of the gateway's own errors, before it makes one that forgets nothing."""
        name = f"API-Gateway-Execution-Logs_{self.rest.rest_api_id}/{STAGE}"
        log = log_group(self, "ErrorLog", plans, log_key, name)
        self.rest.deployment_stage.node.add_dependency(log)

    def _method(self, route: Route, integration: apigw.LambdaIntegration) -> None:
        cognito_ = apigw.AuthorizationType.COGNITO
        method = self.rest.root.resource_for_path(route.path).add_method(
            route.method,
            integration,
            request_validator=self._validator,
            request_models={"application/json": self._object} if route.takes_json_only else None,
            authorizer=self.staff_only if route.for_staff else None,
            authorization_type=cognito_ if route.for_staff else apigw.AuthorizationType.NONE,
        )
        if not route.for_staff:
            self.public_methods.append(method)

    def _preflight(self, path: str) -> None:
        """Let pages of other sites, and map portals, call the public routes."""
        methods = {route.method for route in self.routes if route.path == path} - {"ANY"}
        self.rest.root.resource_for_path(path).add_cors_preflight(
            allow_origins=["*"],
            allow_methods=sorted(methods | {"GET"}),
            allow_headers=CORS_HEADERS,
            max_age=cdk.Duration.hours(1),
        )

    def _stage(self, plans: Plans) -> apigw.StageOptions:
        return apigw.StageOptions(
            stage_name=STAGE,
            throttling_rate_limit=plans.stage.rate,
            throttling_burst_limit=plans.stage.burst,
            method_options=_throttles(plans.stage, self.routes),
            tracing_enabled=True,
            metrics_enabled=True,
            logging_level=apigw.MethodLoggingLevel.ERROR,
            data_trace_enabled=False,
            access_log_destination=apigw.LogGroupLogDestination(self.log),
            access_log_format=apigw.AccessLogFormat.custom(
                cdk.Stack.of(self).to_json_string(LOGGED)
            ),
        )


def _throttles(stage: Stage, routes: Iterable[Route]) -> dict[str, apigw.MethodDeploymentOptions]:
    """The methods that have limits of their own. ANY stands for no method that could be named."""
    found = {}
    for route in routes:
        if route.for_programs and route.writes:
            limits = (stage.open311_write_rate, stage.open311_write_burst)
        elif route.for_programs and route.method != "ANY":
            limits = (stage.open311_rate, stage.open311_burst)
        elif route.writes:
            limits = (stage.write_rate, stage.write_burst)
        else:
            continue
        found[f"{route.path}/{route.method}"] = apigw.MethodDeploymentOptions(
            throttling_rate_limit=limits[0],
            throttling_burst_limit=limits[1],
            logging_level=apigw.MethodLoggingLevel.ERROR,
            data_trace_enabled=False,
            metrics_enabled=True,
        )
    return found
