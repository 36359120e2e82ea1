"""Which runs a study with `seeds: until decided` is made of, look by look.

Every variant has the seeds up to the first look. From then on only those go on that an undecided
claim still needs (judging.still_needed), to the next look, and so on up to the last one. A verdict
stands once it is reached, so a variant that stopped is never needed again.
"""

from collections.abc import Sequence


def last_looks(
    variants: Sequence[str], looks: Sequence[int], gone_on: Sequence[Sequence[str]]
) -> dict[str, int]:
    """variant → the number of seeds that it is trained with, as far as that is known.

    Args:
        looks: the planned numbers of seeds, growing.
        gone_on: of each look taken so far, the variants that were still needed after it; the
            list ends with the first look after which none was.
    """
    reached = dict.fromkeys(variants, looks[0])
    for look, names in zip(looks[1:], gone_on, strict=False):
        reached |= {name: look for name in names if name in reached}
    return reached


def runs(
    variants: Sequence[str],
    seeds: Sequence[int],
    looks: Sequence[int],
    gone_on: Sequence[Sequence[str]],
) -> list[tuple[str, int]]:
    """The runs, (variant, seed), that the looks taken so far call for; arguments as above."""
    reached = last_looks(variants, looks, gone_on)
    return [(variant, seed) for variant in variants for seed in seeds[: reached[variant]]]
