"""Ranks: texts whose bytewise order is the order of a project's tasks, with room for another between any two.

They are the keys of fractional indexing (David Greenspan, "Implementing Fractional Indexing"; base 62): an integer, whose first
letter tells its length, and a fraction without trailing zeros.
"""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAX_LENGTH = 64
"""What a rank may grow to."""
MAX_REBALANCED_LENGTH = 40
"""What a rank may grow to where room is made: from there to the longest it is more than a hundred moves."""
_ZERO, _LAST = DIGITS[0], DIGITS[-1]
_SMALLEST = "A" + _ZERO * 26


def at_end(place: int) -> str:
    """The rank of what is put at the end of a project as its n-th: an integer of nine digits, behind all that came before.

    Its digits are decimal, so that PostgreSQL can write the same without help: `'i' || lpad(place::text, 9, '0')`.
    """
    return f"i{place:09}"


def between(low: str | None, high: str | None) -> str:
    """A rank between two others; None stands for the beginning and the end.

    Raises:
        ValueError: they are no ranks, or not in this order, or there is nothing before or behind them.
    """
    if low is not None and high is not None and low >= high:
        raise ValueError(f"{low} is not before {high}")
    if low is None:
        return "a0" if high is None else _before(high)
    integer, fraction = _parts(low)
    following = _increment(integer)
    if high is None:
        return following or integer + _midpoint(fraction, None)
    integer_of_high, fraction_of_high = _parts(high)
    if integer == integer_of_high:
        return integer + _midpoint(fraction, fraction_of_high)
    return following if following is not None and following < high else integer + _midpoint(fraction, None)


def spread(low: str | None, high: str, count: int) -> list[str]:
    """As many ranks in their order, between two others and as short as they can be."""
    if low is None:
        ranks = [high]
        for _ in range(count):
            ranks.append(_before(ranks[-1]))
        return ranks[:0:-1]
    if count == 0:
        return []
    middle, half = between(low, high), count // 2
    return [*spread(low, middle, half), middle, *spread(middle, high, count - half - 1)]


def _before(rank: str) -> str:
    integer, fraction = _parts(rank)
    if integer == _SMALLEST:
        return integer + _midpoint("", fraction)
    if fraction:
        return integer
    preceding = _decrement(integer)
    if preceding is None:
        raise ValueError(f"there is nothing before {rank}")
    return preceding


def _parts(rank: str) -> tuple[str, str]:
    head = rank[:1]
    if not ("a" <= head <= "z" or "A" <= head <= "Z"):
        raise ValueError(f"{rank} does not begin like a rank")
    length = ord(head) - ord("a") + 2 if head >= "a" else ord("Z") - ord(head) + 2
    integer, fraction = rank[:length], rank[length:]
    if len(integer) < length or fraction.endswith(_ZERO) or rank == _SMALLEST:
        raise ValueError(f"{rank} is no rank")
    return integer, fraction


def _midpoint(low: str, high: str | None) -> str:
    """A fraction between two others, of which the first may be empty and the second be none."""
    if high is not None:
        common = next(n for n, digit in enumerate(high) if low[n : n + 1].ljust(1, _ZERO) != digit)
        if common:
            return high[:common] + _midpoint(low[common:], high[common:])
    first = DIGITS.index(low[0]) if low else 0
    last = DIGITS.index(high[0]) if high is not None else len(DIGITS)
    if last - first > 1:
        return DIGITS[(first + last + 1) // 2]
    if high is not None and len(high) > 1:
        return high[0]
    return DIGITS[first] + _midpoint(low[1:], None)


def _increment(integer: str) -> str | None:
    head, digits = integer[0], integer[1:]
    kept = digits.rstrip(_LAST)
    if kept:
        return head + kept[:-1] + DIGITS[DIGITS.index(kept[-1]) + 1] + _ZERO * (len(digits) - len(kept))
    if head == "z":
        return None
    if head == "Z":
        return "a" + _ZERO
    return chr(ord(head) + 1) + _ZERO * (len(digits) + (1 if head >= "a" else -1))


def _decrement(integer: str) -> str | None:
    head, digits = integer[0], integer[1:]
    kept = digits.rstrip(_ZERO)
    if kept:
        return head + kept[:-1] + DIGITS[DIGITS.index(kept[-1]) - 1] + _LAST * (len(digits) - len(kept))
    if head == "A":
        return None
    if head == "a":
        return "Z" + _LAST
    return chr(ord(head) - 1) + _LAST * (len(digits) + (-1 if head > "a" else 1))
