"""Ids that can be read on the telephone, and secrets that cannot be guessed."""

import hashlib
import hmac
from collections.abc import Callable

Dice = Callable[[int], bytes]
"""n -> n random bytes from the operating system; the domain has no dice of its own."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""
_SPOKEN = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})
_MODULUS = 37
_SYMBOLS = 8
"""40 bits: at 10,000,000 requests a new id is taken once in 100,000 times, and then rolled anew."""
SECRET_BYTES = 16


def new_request_id(dice: Dice) -> str:
    """A public id: eight random symbols and Crockford's check symbol, ``7H2K9MQ4X``.

    Crockford's check value reaches 36 and its last five symbols are punctuation, which Open311
    clients refuse in an id; such a throw is repeated, so the check symbol is a letter or digit.
    """
    while True:
        value = int.from_bytes(dice(5), "big")
        check = value % _MODULUS
        if check < len(ALPHABET):
            return encoded(value, _SYMBOLS) + ALPHABET[check]


def read_request_id(text: str) -> str | None:
    """The id meant by ``text`` as typed or spoken (case, dashes, O for 0), or None."""
    tidy = text.strip().upper().translate(_SPOKEN)
    if len(tidy) != _SYMBOLS + 1 or any(symbol not in ALPHABET for symbol in tidy):
        return None
    value = 0
    for symbol in tidy[:-1]:
        value = value * 32 + ALPHABET.index(symbol)
    return tidy if value % _MODULUS == ALPHABET.index(tidy[-1]) else None


def new_secret(dice: Dice) -> str:
    """128 random bits as 26 symbols: a private link, a photo slot, a commitment key."""
    value = int.from_bytes(dice(SECRET_BYTES), "big")
    return encoded(value, 26)


def digest(text: str) -> str:
    """SHA-256 of ``text`` as hex; what is stored of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def same_secret(offered: str, stored_digest: str) -> bool:
    """Whether ``offered`` is the secret behind ``stored_digest``, in constant time."""
    return hmac.compare_digest(digest(offered), stored_digest)


def commitment(key: str, value: str) -> str:
    """A keyed commitment to a personal value: provable while the key lives, noise afterwards."""
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()


def encoded(value: int, symbols: int) -> str:
    """The lowest bits of ``value``, five a symbol."""
    out = []
    for _ in range(symbols):
        value, rest = divmod(value, 32)
        out.append(ALPHABET[rest])
    return "".join(reversed(out))
