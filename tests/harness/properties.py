"""Settings and strategies of the property tests."""

import math

import hypothesis
from hypothesis import strategies as st

from keras_gan._checks import InputError

# The same examples in every run, and few of them: `slow` tests try many.
QUICK = hypothesis.settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)

NUMBERS = st.sampled_from(
    [0, -1, 1, 2**31, 2**63, 10**30, -(10**400), 0.5, math.nan, math.inf, -math.inf]
)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["b64", "dim", "size", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
"""Values that JSON can hold, Infinity and NaN included, and some larger integers."""


def message_of(call):
    """Calls; returns the message of an `InputError`, or "". Others are bugs."""
    try:
        call()
    except InputError as error:
        return str(error)
    return ""


def replaced(content, path, value):
    """A copy of nested dicts and lists with another value at a path."""
    if not path:
        return value
    key, *rest = path
    copied = list(content) if isinstance(content, list) else dict(content)
    copied[key] = replaced(content[key], rest, value)
    return copied


def paths_in(content, path=()):
    """All paths into nested dicts and lists, that of the whole included."""
    yield path
    pairs = ()
    if isinstance(content, dict):
        pairs = content.items()
    elif isinstance(content, list):
        pairs = enumerate(content)
    for key, value in pairs:
        yield from paths_in(value, (*path, key))


def mutated(content, random):
    """Bytes with a few changes: flipped bits, cuts, insertions, swapped parts."""
    result = bytearray(content)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(result) + 1)
        length = random.choice((1, 2, 8, 64))
        kind = random.randrange(6)
        if kind == 0 and result:
            result[at % len(result)] ^= 1 << random.randrange(8)
        elif kind == 1:
            del result[at : at + length]
        elif kind == 2:
            result[at:at] = random.randbytes(length)
        elif kind == 3:
            result[at:at] = result[at : at + length] * random.choice((1, 3, 100))
        elif kind == 4:
            del result[at:]
        else:
            size = random.choice((1, 4))
            fill = random.choice((b"\x00", b"\xff", b"9", b"\x7f"))
            result[at : at + size] = fill * size
    return bytes(result)
