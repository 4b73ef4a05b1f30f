"""How the commands are grouped, and how a group ends when a command cannot do it."""

from typing import Any

import typer
from typer.core import TyperGroup

from cli.failures import Failure
from cli.screen import problem


class Polite(TyperGroup):
    """Commands that end with one sentence when they cannot do it."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a Failure becomes its sentence and its exit code."""
        try:
            return super().invoke(ctx)
        except Failure as failure:
            problem(str(failure))
            raise typer.Exit(failure.code) from None
        except KeyboardInterrupt:
            problem("Stopped before the end.")
            raise typer.Exit(130) from None


def group(about: str) -> typer.Typer:
    """A group of commands under one noun."""
    return typer.Typer(
        cls=Polite,
        help=about,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
