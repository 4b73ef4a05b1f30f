"""The next page is asked for where it is said to be, and never of somebody else."""

import pytest

from cli.conformance.rules.pages import here

BASE = "http://localhost:3110/open311/v2"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://localhost:3110/x?cursor=a", "http://localhost:3110/x?cursor=a"),
        ("http://127.0.0.1:3110/x?cursor=a", "http://localhost:3110/x?cursor=a"),
        ("http://127.0.0.1:3111/x?cursor=a", None),
        ("http://city.example/x?cursor=a", None),
    ],
)
def test_a_page_of_this_computer_by_another_name_is_here(url: str, asked: str | None) -> None:
    assert here(url, BASE) == asked
