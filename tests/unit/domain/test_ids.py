"""Ids for the telephone, secrets for nobody."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.ids import (
    ALPHABET,
    commitment,
    digest,
    new_request_id,
    new_secret,
    read_request_id,
    same_secret,
)
from tests.builders import ID, LoadedDice, SeededDice, an_id

throws = st.binary(min_size=5, max_size=5)
seeds = st.text(max_size=8).map(lambda seed: SeededDice(seed=seed))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "000000000"),
        (1, "000000011"),
        (31, "0000000ZZ"),
        (37, "000000150"),
        (2**40 - 2, "ZZZZZZZYE"),
    ],
)
def test_an_id_is_crockfords_base_32_with_his_check_symbol(value: int, written: str) -> None:
    assert new_request_id(LoadedDice([value.to_bytes(5, "big")])) == written


def test_a_throw_whose_check_symbol_is_punctuation_is_thrown_again() -> None:
    throws = [value.to_bytes(5, "big") for value in (32, 33, 34, 35, 36, 37)]

    assert new_request_id(LoadedDice(throws)) == "000000150"


@given(seeds)
def test_an_id_is_nine_letters_and_digits_that_read_back(dice: SeededDice) -> None:
    made = new_request_id(dice)

    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{9}", made)
    assert read_request_id(made) == made


def test_ids_of_many_throws_are_all_different() -> None:
    dice = SeededDice()

    assert len({new_request_id(dice) for _ in range(2000)}) == 2000


@given(seeds, st.integers(0, 8))
def test_an_id_as_people_write_it_is_the_id(dice: SeededDice, place: int) -> None:
    made = new_request_id(dice)
    spoken = made.replace("1", "l").replace("0", "o")
    dashed = f" {spoken[:place]}-{spoken[place:]} \n"

    assert read_request_id(dashed) == made
    assert read_request_id(made.lower()) == made
    assert read_request_id(made.replace("1", "I").replace("0", "O")) == made
    assert read_request_id(" ".join(made)) == made


@given(seeds, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_noticed(dice: SeededDice, place: int, symbol: str) -> None:
    made = new_request_id(dice)
    wrong = made[:place] + symbol + made[place + 1 :]

    assert read_request_id(wrong) == (made if symbol == made[place] else None)


@given(seeds)
def test_two_neighbours_changing_places_are_noticed(dice: SeededDice) -> None:
    made = new_request_id(dice)
    for place, (left, right) in enumerate(pairwise(made[:8])):
        if left != right:
            assert read_request_id(made[:place] + right + left + made[place + 2 :]) is None


@pytest.mark.parametrize(
    "text", ["", "7H2K9MQ4", f"{ID}0", "UUUUUUUUU", "000000012", "0000000?0", "é" * 9, "00000000*"]
)
def test_what_is_no_id_is_none(text: str) -> None:
    assert read_request_id(text) is None


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    read = read_request_id(text)

    assert read is None or read_request_id(read) == read


def test_a_secret_is_all_of_128_bits() -> None:
    assert new_secret(LoadedDice([bytes(16)])) == "0" * 26
    assert new_secret(LoadedDice([b"\xff" * 16])) == "7" + "Z" * 25
    assert new_secret(LoadedDice([bytes(15) + b"\x01"])) == "0" * 25 + "1"


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_different_throws_are_different_secrets(one: bytes, other: bytes) -> None:
    secrets = [new_secret(LoadedDice([throw])) for throw in (one, other)]

    assert (secrets[0] == secrets[1]) is (one == other)


def test_a_secret_is_kept_as_its_digest_and_recognised() -> None:
    secret = new_secret(SeededDice())

    assert re.fullmatch(r"[0-9a-f]{64}", digest(secret))
    assert same_secret(secret, digest(secret))
    assert not same_secret(secret.lower(), digest(secret))
    assert not same_secret("", digest(secret))
    assert not same_secret(digest(secret), digest(secret))


def test_a_commitment_depends_on_key_and_value() -> None:
    assert commitment("key", "value") == commitment("key", "value")
    assert commitment("key", "value") != commitment("key2", "value")
    assert commitment("key", "value") != commitment("key", "value2")
    assert commitment("key", "value") != digest("value")


def test_builders_make_ids_that_differ() -> None:
    assert len({an_id(number) for number in range(100)}) == 100
