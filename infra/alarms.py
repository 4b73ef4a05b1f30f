"""What wakes a person: alarms named for the harm."""

import re

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cw
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from infra.dashboard import Dashboard, Watched
from infra.plans import Plans

FIVE = cdk.Duration.minutes(5)
BOUNCES, COMPLAINTS = 0.04, 0.0008
"""Shares of mails; SES puts an account under review at 0.05 and 0.001."""


class Alarms(Construct):
    """Each alarm tells operations; its name says who is harmed, its text what to do first."""

    def __init__(self, scope: Construct, id: str, *, watched: Watched, plans: Plans) -> None:
        super().__init__(scope, id)
        self._watched, self._prefix = watched, plans.prefix
        self._action = actions.SnsAction(watched.departments.operations)
        self.alarms: list[cw.Alarm] = []
        self._functions()
        self._doors()
        self._lifecycle()
        self._letters()
        self._dead()
        Dashboard(self, "Dashboard", watched=watched, alarms=self.alarms)

    def _functions(self) -> None:
        for function in self._watched.functions.values():
            room = function.room
            self._alarm(
                f"{room.harm}: {room.name} fails", function.alias.metric_errors(period=FIVE)
            )
            self._alarm(
                f"{room.harm}: {room.name} is throttled",
                function.function.metric_throttles(period=FIVE),
            )

    def _doors(self) -> None:
        api, table = self._watched.api, self._watched.table
        self._alarm(
            "residents get errors: the API fails", api.metric_server_error(period=FIVE), above=4
        )
        self._alarm(
            "residents are waiting: the API is slow",
            api.metric_latency(period=FIVE, statistic="p99"),
            above=3000,
            periods=3,
        )
        for operation, harm in (
            ("TransactWriteItems", "reports are refused"),
            ("GetItem", "requests cannot be read"),
        ):
            self._alarm(
                f"{harm}: the table throttles {operation}",
                cw.Metric(
                    namespace="AWS/DynamoDB",
                    metric_name="ThrottledRequests",
                    dimensions_map={"TableName": table.table_name, "Operation": operation},
                    statistic="Sum",
                    period=FIVE,
                ),
            )

    def _lifecycle(self) -> None:
        watched = self._watched
        stream = watched.functions["lifecycle"].alias.metric(
            "IteratorAge", statistic="Maximum", period=cdk.Duration.minutes(1)
        )
        self._alarm("requests do not move: changes wait a minute", stream, above=60_000, periods=3)
        self._alarm("requests will be lost: changes wait an hour", stream, above=3_600_000)
        for ending, metric in (
            ("failed", watched.machine.metric_failed(period=FIVE)),
            ("ran out of time", watched.machine.metric_timed_out(period=FIVE)),
            ("was aborted", watched.machine.metric_aborted(period=FIVE)),
        ):
            self._alarm(f"a request stands still: its lifecycle {ending}", metric)
        rounds = cw.Metric(
            namespace="AWS/Events",
            metric_name="Invocations",
            dimensions_map={"RuleName": watched.round_name},
            statistic="Sum",
            period=cdk.Duration.minutes(15),
        )
        self._alarm("nobody looks for lost requests: no round ran", rounds, below=1)
        self._alarm("requests stand still: the round cannot mend them", self._found("Stuck"))
        self._alarm("requests stood still: the round began them anew", self._found("Renewed"))
        late = self._found("Messages")
        self._alarm("residents are not told: messages are past their lease", late, periods=3)

    def _found(self, what: str) -> cw.Metric:
        """What the reconciler's round counted."""
        return cw.Metric(
            namespace="City311",
            metric_name=f"Reconciler{what}",
            dimensions_map={"service": "lifecycle"},
            statistic="Maximum",
            period=FIVE,
        )

    def _letters(self) -> None:
        for name, share, harm in (
            ("Reputation.BounceRate", BOUNCES, "bounces"),
            ("Reputation.ComplaintRate", COMPLAINTS, "complaints"),
        ):
            self._alarm(
                f"residents will not be told: too many {harm}",
                cw.Metric(
                    namespace="AWS/SES",
                    metric_name=name,
                    statistic="Average",
                    period=cdk.Duration.hours(1),
                ),
                above=share,
            )
        self._alarm(
            "residents are not told: text messages fail",
            cw.Metric(
                namespace="AWS/SNS",
                metric_name="NumberOfNotificationsFailed",
                dimensions_map={"PhoneNumber": "PhoneNumberDirect"},
                statistic="Sum",
                period=FIVE,
            ),
            above=4,
        )

    def _dead(self) -> None:
        watched = self._watched
        boxes = {
            "changes went unheard": watched.unheard,
            "events failed every try": watched.unfinished,
            "nobody knows what became of letters": watched.feedback_dead,
            "departments are not mailed": watched.departments.mail.dead,
            "the duty officer is not alerted: the queue refuses": (
                watched.departments.emergency_box.dead
            ),
        } | {
            f"{desk.department_id} does not get its work": desk.box.dead
            for desk in watched.departments.desks
        }
        for harm, queue in boxes.items():
            visible = queue.metric_approximate_number_of_messages_visible(
                period=FIVE, statistic="Maximum"
            )
            self._alarm(harm, visible)
        self._alarm(
            "the duty officer is not alerted: a delivery failed",
            watched.departments.emergency.metric_number_of_notifications_failed(period=FIVE),
        )

    def _alarm(
        self,
        harm: str,
        metric: cw.IMetric,
        *,
        above: float = 0,
        below: float | None = None,
        periods: int = 1,
    ) -> None:
        """Alarm when the metric is over ``above``; or under ``below``, silence included."""
        compare, treat = cw.ComparisonOperator, cw.TreatMissingData
        alarm = cw.Alarm(
            self,
            "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", harm)),
            alarm_name=f"{self._prefix}: {harm}",
            alarm_description=f"{harm[0].upper()}{harm[1:]}. First steps: docs/runbook.md.",
            metric=metric,
            threshold=above if below is None else below,
            comparison_operator=compare.GREATER_THAN_THRESHOLD
            if below is None
            else compare.LESS_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=treat.NOT_BREACHING if below is None else treat.BREACHING,
        )
        alarm.add_alarm_action(self._action)
        self.alarms.append(alarm)
