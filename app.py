"""The CDK app: one city, one stage, two stacks. ``python app.py`` does what ``cdk synth`` does."""

from pathlib import Path

from infra.stages import BadSettings
from infra.start import prepare

ROOT = Path(__file__).resolve().parent


def main() -> None:
    """Make the pages, read the city and the stage, draw the stacks, write the templates."""
    prepare(ROOT)  # aws_cdk starts its Node process on import, and must be told which Node first
    from infra.build import build
    from web.build import build as build_pages

    build_pages()
    try:
        build(ROOT).synth()
    except BadSettings as problem:
        raise SystemExit(str(problem)) from problem


if __name__ == "__main__":
    main()
