"""The list of bridges: what AWS does, and what the emulator does without the bridge."""

from dataclasses import dataclass
from pathlib import Path

EMULATOR = "ministack"
VERSION = "1.5.33"


@dataclass(frozen=True, slots=True)
class Bridge:
    """One correction. `module` is the file in this folder whose `apply(settings)` makes it."""

    module: str
    name: str
    aws: str
    emulator: str

    @property
    def lines(self) -> int:
        """Lines of the module, as a measure of what has to be kept."""
        return len((Path(__file__).parent / f"{self.module}.py").read_text().splitlines())


BRIDGES = (
    Bridge(
        "lambda_runtime",
        "Lambda runtime",
        "Each execution environment is a process of its own under awslambdaric, with the "
        "function's variables, role, memory and time-out; layers are at /opt.",
        "Runs handlers in its own interpreter, among its own packages; every error has one type.",
    ),
    Bridge(
        "lambda_stream",
        "Streams to functions",
        "A failed batch is halved and tried again, at most MaximumRetryAttempts times, then goes "
        "to the failure destination; a partial answer goes on from its first failure.",
        "Partial answers count as success; halves and attempts are ignored; one thread for all.",
    ),
    Bridge(
        "sfn_executions",
        "Executions",
        "The same name and input while running is the same execution; the machine's time-out "
        "ends it; a stopped one takes no answer.",
        "A second start is refused; the time-out is ignored.",
    ),
    Bridge(
        "sfn_resume",
        "Executions that go on",
        "Running executions and the tokens they gave out outlive everything.",
        "A restart fails whatever runs.",
    ),
    Bridge(
        "sfn_tasks",
        "Task attempts",
        "TimeoutSecondsPath and HeartbeatSeconds end a task; each attempt has its own token; a "
        "call that fails ends the wait at once; MaxDelaySeconds and full jitter apply.",
        "Paths and heartbeats are ignored; a retry has the old token; a failed call waits on.",
    ),
    Bridge(
        "sfn_tokens",
        "Task tokens",
        "The first answer counts, a late one is TaskTimedOut, an unknown text InvalidToken.",
        "A late one is TaskDoesNotExist; an answer may be overwritten; heartbeats do nothing.",
    ),
    Bridge(
        "sfn_calls",
        "Calls of the state machine",
        "Made as the state machine's role; sns:publish hands over message attributes.",
        "No policy is asked; attributes are dropped, so that no filter matches.",
    ),
    Bridge(
        "sfn_history",
        "Execution history",
        "TaskStarted, TaskSubmitted and TaskTimedOut are events; each names the one before.",
        "These events are missing, as is the link.",
    ),
    Bridge(
        "iam_leading_keys",
        "dynamodb:LeadingKeys",
        "Conditions see the partition keys of a request, part by part in a transaction.",
        "The key is never set: ForAllValues always holds, ForAnyValue never.",
    ),
    Bridge(
        "iam_transport",
        "aws:SecureTransport",
        "Clients come by TLS.",
        "Policies that demand TLS refuse plain HTTP on the loopback interface.",
    ),
    Bridge(
        "iam_task_tokens",
        "Right to answer a task",
        "SendTaskSuccess is asked of the state machine whose execution waits.",
        "It is asked on '*', which a policy with a machine's name does not allow.",
    ),
    Bridge(
        "iam_services",
        "Services that call functions",
        "API Gateway, S3, SNS and EventBridge call a function only if its policy names them and "
        "their source; a mapping stands only if the function's role may read the source.",
        "Everything may call every function; roles of mappings are not asked.",
    ),
    Bridge(
        "ses_authority",
        "Right to send mail",
        "SendEmail needs the right on identity and configuration set; ses:FromAddress counts.",
        "SendEmail is asked on '*' and without condition keys.",
    ),
    Bridge(
        "ses_events",
        "Mail events",
        "Send, Delivery, Bounce and Complaint go to the configuration set's topics; mail to the "
        "simulator's addresses bounces.",
        "No event is ever sent.",
    ),
    Bridge(
        "inbox_kept",
        "Mails that stay",
        "A mail that was sent is in somebody's inbox for good.",
        "Forgets all mails when it restarts.",
    ),
    Bridge(
        "rest_api",
        "REST API",
        "Groups in claims have commas between them; the last of repeated parameters counts; a "
        "failed function is 502, a body over 10 MB 413, more than 29 seconds 504.",
        "Groups in brackets; the first parameter; the function's error goes out; no limits.",
    ),
    Bridge(
        "cfn_data",
        "Data in the template",
        "Time to live, recovery, encryption and expiry take effect; topics are their account's.",
        "These properties are dropped; a topic without a policy is open to everybody.",
    ),
    Bridge(
        "cfn_bucket_deployment",
        "Web files into the bucket",
        "The CDK's own function unpacks an archive into a bucket.",
        "That function calls an AWS CLI which it expects at a fixed place under /opt.",
    ),
    Bridge(
        "cloudfront_api_origin",
        "API behind the distribution",
        "A distribution forwards to its REST API's regional host name.",
        "Refuses origins under amazonaws.com but S3, load balancers and function URLs.",
    ),
    Bridge(
        "denials",
        "Refusals on file",
        "CloudTrail has every AccessDenied.",
        "Only the caller sees a refusal.",
    ),
)
