"""The command line of City311: `city311 --help` lists what it can do."""

import os
import sys

from cli import audit, keys, lint, local, publish, requests, staff, work
from cli.conformance import command as conformance
from cli.demo import command as demo
from cli.groups import group
from cli.importing import command as importing
from cli.screen import problem

_TRACEBACK = "CITY311_TRACEBACK"


app = group("The 311 platform of a city: run it here, work its queues, prove what happened.")
app.command("demo")(demo.demo)
app.command("lint")(lint.lint)
app.command("publish")(publish.publish)
app.command("conformance")(conformance.conformance)
app.command("sign-in")(staff.sign_in)
app.command("sign-out")(staff.sign_out)
app.command("queue")(staff.queue)
app.command("report")(requests.report)
app.add_typer(requests.app, name="request")
app.add_typer(work.app, name="work")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(importing.app, name="import")
app.add_typer(local.app, name="local")


def main() -> None:
    """Run, and never show a traceback to who did not ask for one."""
    try:
        app()
    except Exception as bug:
        if os.environ.get(_TRACEBACK):
            raise
        said = " ".join(str(bug).split())[:300]
        problem(f"city311 itself failed: {type(bug).__name__}: {said} ({_TRACEBACK}=1 shows where)")
        sys.exit(1)


if __name__ == "__main__":
    main()
