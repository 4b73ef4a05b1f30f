"""The session's file: for its owner only, and no riddle when it is broken."""

from pathlib import Path

import pytest

from cli import session
from cli.failures import Misuse
from cli.session import Session


def test_only_its_owner_may_read_it(staff: Session, home: Path) -> None:
    path = home / "session.json"

    assert session.load() == staff
    assert path.stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_new_session_replaces_the_old_one_with_the_same_care(staff: Session, home: Path) -> None:
    (home / "session.json").chmod(0o644)

    session.save(staff.renewed("new", 1.0))

    assert session.load().id_token == "new"
    assert (home / "session.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "[]", '{"place": {}}', '{"name": "x"}'])
def test_a_broken_file_is_named(home: Path, content: str) -> None:
    home.mkdir()
    (home / "session.json").write_text(content)

    with pytest.raises(Misuse, match=r"session\.json cannot be used"):
        session.load()


def test_a_session_is_over_a_minute_before_its_end(staff: Session) -> None:
    assert not staff.is_over(staff.expires_at - 61)
    assert staff.is_over(staff.expires_at - 59)


def test_the_token_says_which_groups() -> None:
    body = "eyJjb2duaXRvOmdyb3VwcyI6WyJkZXBhcnRtZW50IiwiZGVwdC1zdHJlZXRzIl19"

    assert session.groups(f"x.{body}.y") == ("department", "dept-streets")


@pytest.mark.parametrize("token", ["", "x", "x.!.y", "x.W10.y"])
def test_an_odd_token_says_nothing(token: str) -> None:
    assert session.groups(token) == ()
