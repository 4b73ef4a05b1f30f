"""A report for people at a terminal: each rule as it is looked at, then the sum."""

from rich.table import Table
from rich.text import Text

from cli.conformance.model import Level, Result, Verdict
from cli.conformance.summary import Report
from cli.screen import clean, out, say, table

STYLES = {
    Verdict.PASS: "green",
    Verdict.WARN: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.SKIP: "dim",
    Verdict.FAULT: "bold magenta",
}
_WORKS = {"yes": "green", "so far": "", "no": "red", "not looked at": "dim"}
_MOST_LOOKS = 3


def show(result: Result) -> None:
    """One rule: a line, and what is worth knowing below it."""
    style = STYLES[result.verdict]
    rule = result.rule
    grid = Table.grid(padding=(0, 1))
    for width in (5, 4, 6):
        grid.add_column(width=width, no_wrap=True)
    grid.add_column(overflow="fold")
    verdict = Text(str(result.verdict), style=style)
    grid.add_row(
        verdict, Text(rule.id, style="bold"), Text(str(rule.level), style="dim"), _about(result)
    )
    out.print(grid)


def _about(result: Result) -> Text:
    about = Text(clean(result.rule.statement))
    if result.verdict is Verdict.FAIL:
        for look in [each for each in result.looks if not each.holds][:_MOST_LOOKS]:
            _line(about, "asked", look.request or "nothing", "")
            _line(about, "expected", look.expected, "green")
            _line(about, "came", look.came, "red")
    elif result.words:
        _line(about, "because", result.words, "dim")
    for remark in result.warnings:
        whom = f" ({', '.join(map(str, remark.clients))})" if remark.clients else ""
        _line(about, "remark", remark.words + whom, "yellow")
    for words in result.by_hand:
        _line(about, "by hand", words, "dim")
    return about


def _line(about: Text, name: str, words: str, style: str) -> None:
    about.append(f"\n  {name}: ", style="bold dim")
    about.append(clean(words), style=style)


def sum_up(report: Report) -> None:
    """Levels, clients, and one sentence."""
    out.print()
    names = [str(verdict) for verdict in Verdict]
    levels = [
        [str(level), *(counts.get(verdict, 0) for verdict in Verdict)]
        for level, counts in report.by_level().items()
    ]
    out.print(table("By level", ["", *names], levels))
    made = table("Would it work here?", ["client", "works"], [])
    for standing in report.clients():
        words = Text(clean(standing.words), style=_WORKS[standing.works])
        made.add_row(Text(str(standing.client)), words)
    out.print(made)
    if report.filed:
        found = ", ".join(each.service_request_id for each in report.filed)
        say(f"Test reports that the city has now ({len(report.filed)}): {found}")
    say(sentence(report), "green" if report.passed else "red")


def sentence(report: Report) -> str:
    """What came of it all."""
    counts = report.counts
    told = f"{len(report.results)} rules in {report.calls} calls and {report.seconds:.0f} s: "
    told += f"{counts.get(Verdict.PASS, 0)} passed, {counts.get(Verdict.WARN, 0)} with remarks, "
    told += f"{counts.get(Verdict.FAIL, 0)} failed, {counts.get(Verdict.SKIP, 0)} not looked at"
    if counts.get(Verdict.FAULT):
        told += f", {counts[Verdict.FAULT]} broke in this suite itself"
    broken = report.by_level()[Level.MUST].get(Verdict.FAIL, 0)
    return told + (f". {broken} of the failed ones are MUST." if broken else ".")
