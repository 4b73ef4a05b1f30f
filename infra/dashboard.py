"""What is watched, and the one page that shows it."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigw
from aws_cdk import aws_cloudwatch as cw
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.departments import Departments
from infra.function import CityFunction


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Everything an alarm looks at."""

    functions: dict[str, CityFunction]
    api: apigw.RestApi
    table: dynamodb.ITable
    machine: sfn.StateMachine
    departments: Departments
    unheard: sqs.Queue
    unfinished: sqs.Queue
    feedback_dead: sqs.Queue
    round_name: str


class Dashboard(Construct):
    """One page: what is wrong now, then each room in the order a request walks through them."""

    def __init__(
        self, scope: Construct, id: str, *, watched: Watched, alarms: list[cw.Alarm]
    ) -> None:
        super().__init__(scope, id)
        board = cw.Dashboard(self, "Board", default_interval=cdk.Duration.hours(3))
        board.add_widgets(cw.AlarmStatusWidget(title="Who is harmed now", alarms=alarms, width=24))
        api = watched.api
        board.add_widgets(
            _graph(
                "Calls", api.metric_count(), api.metric_client_error(), api.metric_server_error()
            ),
            _graph(
                "How long residents wait",
                api.metric_latency(statistic="p50"),
                api.metric_latency(statistic="p99"),
            ),
            _graph(
                "Lifecycles",
                watched.machine.metric_started(),
                watched.machine.metric_succeeded(),
                watched.machine.metric_failed(),
            ),
        )
        board.add_widgets(
            *[
                _graph(
                    f"{name}: calls, errors",
                    function.alias.metric_invocations(),
                    function.alias.metric_errors(),
                )
                for name, function in watched.functions.items()
            ]
        )
        board.add_widgets(
            _graph(
                "Work waiting in department queues",
                *[
                    desk.box.queue.metric_approximate_number_of_messages_visible(
                        label=desk.department_id
                    )
                    for desk in watched.departments.desks
                ],
                width=24,
            )
        )


def _graph(title: str, *metrics: cw.IMetric, width: int = 8) -> cw.GraphWidget:
    return cw.GraphWidget(title=title, left=list(metrics), width=width)
