"""Small words of the report's sentences: lists, counts and signed numbers."""

from collections.abc import Callable, Iterable, Sequence

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MANY = 6  # names, beyond which a sentence does not give them all
FEW = 5  # models whose figures a sentence gives; the tables have them all


def listing(items: Iterable[str]) -> str:
    """a / a and b / a, b and c."""
    items = list(items)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def numbers(values: Sequence[int]) -> str:
    """1 and 2 / 1–4, 7 and 10: three or more that follow one another as first–last."""
    groups: list[list[int]] = []
    for value in sorted(values):
        if groups and value == groups[-1][-1] + 1:
            groups[-1].append(value)
        else:
            groups.append([value])
    words: list[str] = []
    for group in groups:
        words += [f"{group[0]}–{group[-1]}"] if len(group) > 2 else map(str, group)
    return listing(words)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """1 image / 1,234 images."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def spelled(number: int) -> str:
    """The number as a word up to ten, in digits beyond."""
    return WORDS[number] if 0 <= number < len(WORDS) else f"{number:,}"


def span(counts: Iterable[int], say: Callable[[int], str] = "{:,}".format) -> str:
    """The number that all counts are, said so; where they differ, 5 to 20."""
    low, high = min(counts := list(counts)), max(counts)
    return say(low) if low == high else f"{low:,} to {high:,}"


def signed(number: float, digits: int = 2) -> str:
    """A difference with its sign, by the true minus; ±0 where nothing is left of it."""
    text = f"{abs(number):.{digits}f}"
    sign = "±" if not float(text) else "+" if number > 0 else "−"
    return sign + text


def fixed(number: float, digits: int = 2) -> str:
    """A number with the true minus where it is below zero as shown."""
    return signed(number, digits).lstrip("+±")


def capital(text: str) -> str:
    """The text with a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]
