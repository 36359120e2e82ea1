"""Small words of the report's sentences: lists, counts and signed numbers."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence

MANY = 6  # names, beyond which a sentence does not give them all


def listing(items: Iterable[object]) -> str:
    """a / a and b / a, b and c."""
    *most, last = map(str, items)
    return f"{', '.join(most)} and {last}" if most else last


def several(names: Iterable[str], noun: str) -> str:
    """The names, or only how many there are."""
    names = list(names)
    return listing(names) if len(names) <= MANY else f"{len(names):,} {noun}"


def short(name: str, most: int, instead: str) -> str:
    """A name of at most so many words, else what stands for it."""
    return name if len(name.split()) <= most else instead


def numbers(values: Sequence[int]) -> str:
    """1, 2 / 1–4, 7, 10: three or more that follow one another as first–last."""
    groups: list[list[int]] = []
    for value in sorted(values):
        if groups and value == groups[-1][-1] + 1:
            groups[-1].append(value)
        else:
            groups.append([value])
    words: list[str] = []
    for group in groups:
        words += [f"{group[0]}–{group[-1]}"] if len(group) > 2 else map(str, group)
    return ", ".join(words)


def span(counts: Iterable[float], to: str = " to ") -> str:
    """The number that all counts are; where they differ, 5 to 20."""
    low, high = min(counts := list(counts)), max(counts)
    return f"{low:,.0f}" if low == high else f"{low:,.0f}{to}{high:,.0f}"


def signed(number: float, digits: int = 2) -> str:
    """A difference with its sign, by the true minus; ±0 where nothing is left of it."""
    text = f"{abs(number):.{digits}f}"
    sign = "±" if not float(text) else "+" if number > 0 else "−"
    return sign + text


def fixed(number: float, digits: int = 2) -> str:
    """A number with the true minus where it is below zero as shown."""
    return signed(number, digits).lstrip("+±")


def factors(jitter: float) -> str:
    """The lowest and the highest factor of a jitter."""
    return f"{max(0.0, 1 - jitter):g} to {1 + jitter:g}"


NORM_NAMES = {
    "batch": "Batch",
    "layer": "Layer",
    "group": "Group",
    "instance": "Instance",
    "channel_layer": "Channel Layer",
    "rms": "Root Mean Square",
}


def norm_name(norm: str) -> str:
    """What a normalization is called before the word Normalization, also one of the user's own."""
    words = norm.replace("_", " ")
    return NORM_NAMES.get(norm, words[:1].upper() + words[1:])


def named(keys: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """The names of keys."""
    return [names[key] for key in keys]


def plain(text: str, width: int | None = None) -> str:
    """A user's string as matplotlib text: a leading underscore would hide it from a legend.

    Wrapped to lines of `width` characters if given.
    """
    text = textwrap.fill(text, width) if width else text
    return f" {text}" if text.startswith("_") else text
