"""`city311 conformance`: the checklist of Open311, looked at on any city's endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.failures import Misuse
from cli.screen import as_json, err, progress

if TYPE_CHECKING:
    from cli.conformance.plan import Plan
    from cli.conformance.run import Request
    from cli.conformance.summary import Report


def conformance(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="The endpoint: what stands before /services.xml.")
    ],
    post: Annotated[
        bool, typer.Option("--post", help="Also file test reports; says first what and where.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="File them without asking.")] = False,
    service: Annotated[
        list[str] | None,
        typer.Option(help="Service codes for test reports, else it chooses; may be repeated."),
    ] = None,
    lat: Annotated[str, typer.Option(help="Where the reports are, else where one was.")] = "",
    long: Annotated[str, typer.Option(help="See --lat.")] = "",
    api_key: Annotated[
        str,
        typer.Option(envvar="CITY311_CONFORMANCE_KEY", help="Sent with reports, to this URL only."),
    ] = "",
    jurisdiction: Annotated[
        str, typer.Option(help="jurisdiction_id, where one server has several cities.")
    ] = "",
    discovery: Annotated[
        str, typer.Option(help="Where discovery is, if neither in nor beside the endpoint.")
    ] = "",
    only: Annotated[
        list[str] | None, typer.Option(help="Rules or groups, like L4 or L,P1; may be repeated.")
    ] = None,
    skip: Annotated[list[str] | None, typer.Option(help="Rules or groups to leave out.")] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What only the city knows; see docs."),
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, max=300, help="Seconds for one call.")] = 30.0,
    pause: Annotated[float, typer.Option(min=0, max=60, help="Seconds between calls.")] = 0.0,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The report for programs; - prints it.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="The report as a page.")] = None,
) -> None:
    """Check any Open311 endpoint against every rule that its clients live by.

    Only reads, unless told to --post. Exit code 0: no rule failed; 1: some did; 2: called wrongly,
    or nobody there. What each rule means is in docs/conformance.md.

    Example: city311 conformance https://311.example.gov/open311/v2 --html report.html
    """
    # The rules, an XML reader and HTTP, which no other command needs.
    from cli.conformance.run import Request

    request = Request(
        url=url,
        post=post,
        services=tuple(service or ()),
        lat=lat,
        long=long,
        api_key=api_key,
        jurisdiction=jurisdiction,
        discovery=discovery,
        only=tuple(only or ()),
        skip=tuple(skip or ()),
        facts=tuple(fact or ()),
        timeout=timeout,
        pause=pause,
    )
    quiet = str(json) == "-"
    report = _looked(request, yes=yes, quiet=quiet)
    _written(report, json=json, html=html)
    if not report.passed:
        raise typer.Exit(1)


def _looked(request: Request, *, yes: bool, quiet: bool) -> Report:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from cli.conformance.run import Run
    from cli.conformance.terminal import show, sum_up

    run = Run(request)
    if run.plan and not yes:
        _ask(run.plan, run.reports)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=len(run.rules))
        for rule, look in run.steps():
            bar.update(task, description=f"Looking at {rule.id}")
            result = look()
            if not quiet:
                show(result)
            bar.advance(task)
    report = run.report()
    if not quiet:
        sum_up(report)
    return report


def _ask(plan: Plan, reports: int) -> None:
    """Say what will be filed, and file nothing without a yes."""
    progress(f"This files about {reports} reports with the city, each marked as a test:")
    progress(f"  services: {', '.join(plan.services)} (most of them: {plan.general})")
    progress(f"  place: {plan.lat}, {plan.long}; address: {plan.address}")
    if plan.test_url:
        progress(f"  The city has an endpoint for tests: {plan.test_url}")
    try:
        agreed = typer.confirm("File them?", err=True)
    except typer.Abort:
        raise Misuse("Nobody is there to ask: --yes files without asking.") from None
    if not agreed:
        raise Misuse("Nothing was filed.")


def _written(report: Report, *, json: Path | None, html: Path | None) -> None:
    from json import dumps

    from cli.conformance.page import page
    from cli.conformance.plain import as_plain

    if str(json) == "-":
        as_json(as_plain(report))
    elif json:
        json.write_text(dumps(as_plain(report), indent=1, ensure_ascii=False) + "\n", "utf-8")
        progress(f"The report for programs is in {json}.")
    if html:
        html.write_text(page(report), "utf-8")
        progress(f"The report as a page is in {html}.")
