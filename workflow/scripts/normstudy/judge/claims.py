"""The claims file: what is claimed, in which metrics, and how the runs' tables are to be read."""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, Field, PrivateAttr, ValidationError

from ..config.faults import did_you_mean, faults
from ..config.keys import UNIQUE, Keys, Rivals
from ..config.lines import ConfigFile, Key, dotted, read_config_file, where_stated
from ..errors import StudyError
from ..records.metrics import Metric
from ..statistics.verdicts.claims import rivals


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"{text!r} has characters that cannot be printed")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_printable)]
Side = Literal["higher", "lower"]


class MetricKeys(Keys):
    """A metric, by what differences in it mean."""

    margin: float = Field(gt=0)
    better: Side
    name: Text | None = None
    unit: Annotated[str, AfterValidator(_printable)] = ""
    decimals: int | None = Field(None, ge=0, le=12)
    resolution: float | None = Field(None, ge=0)
    near_zero: bool = False
    spread: float | None = Field(None, gt=0)


class ClaimKeys(Keys):
    """A claim."""

    metric: Text
    variant: Text
    against: Rivals = "all"
    direction: Side | None = None
    says: Text | None = None
    id: Text | None = None


class Claims(Keys):
    """The claims file; docs/judge.md explains its keys."""

    metrics: dict[Text, MetricKeys] = Field(min_length=1)
    claims: list[ClaimKeys] = Field(min_length=1)
    confidence: float = Field(0.95, gt=0, lt=1)
    looks: Annotated[list[Annotated[int, Field(ge=2)]], *UNIQUE] | None = Field(None, min_length=1)
    shares: list[Annotated[float, Field(gt=0)]] | None = None
    labels: dict[Text, Text] = Field(default_factory=dict)
    columns: dict[Text, Text] = Field(default_factory=dict)
    run: str = Field(
        "",
        pattern=r"^([^{}]*\{variant\}[^{}]*\{seed\}|[^{}]*\{seed\}[^{}]*\{variant\})[^{}]*$",
        title="text with {variant} and {seed} in it",
    )
    take: Literal["last", "best"] | None = None
    _file: ConfigFile = PrivateAttr()

    @property
    def settings(self) -> dict:
        """As config["verdicts"] of a study."""
        return self.model_dump(include={"confidence", "looks", "shares"})

    @property
    def described(self) -> dict[str, Metric]:
        """Name → what a metric is called, and how its values are written."""
        return {name: _metric(name, keys) for name, keys in self.metrics.items()}

    @cached_property
    def complete(self) -> list[dict]:
        """The claims as a study's config has them, each with an id of its own."""
        claims: list[dict] = []
        for number, claim in enumerate(self.claims, 1):
            direction = claim.direction or self.metrics[claim.metric].better
            most = "highest" if direction == "higher" else "lowest"
            name = f"{claim.variant}-{most}-{claim.metric}"
            if name in {one.id for one in self.claims} | {one["id"] for one in claims}:
                name = f"{name}-{number}"
            says = claim.says or f"{claim.variant} has the {most} {claim.metric}"
            stated = {"direction": direction, "says": says, "id": claim.id or name}
            claims.append(claim.model_dump() | stated)
        return claims

    def variants(self, there: Sequence[str], metric: str | None = None) -> list[str]:
        """Those variants of `there` that claims, in one metric or all, are about."""
        about = [claim for claim in self.complete if metric in (None, claim["metric"])]
        named = {name for claim in about for name in (claim["variant"], *rivals(claim, there))}
        return [name for name in there if name in named]

    def check_names(self, there: Sequence[str]) -> None:
        """Raise StudyError for a variant of which there are no runs."""
        named: list[tuple[Key, str]] = [(("labels", name), name) for name in self.labels]
        for number, claim in enumerate(self.complete):
            against = rivals(claim, there)
            if not against:
                raise self.error(("claims", number), "there is no rival: runs are of one variant")
            named.append((("claims", number, "variant"), claim["variant"]))
            named += [(("claims", number, "against"), name) for name in against]
        for key, name in named:
            if name not in there:
                hint = did_you_mean(name, there) or f"there are {', '.join(there)}"
                raise self.error(key, f"there are no runs of {name!r}; {hint}")

    def error(self, key: Key, words: str) -> StudyError:
        """The error of a key, with its file and line."""
        return _error(self._file, key, words)


def _error(file: ConfigFile, key: Key, words: str) -> StudyError:
    return StudyError(f"{where_stated(key, [file])}: {dotted(key)}: {words}")


def read_claims(path: str | Path) -> Claims:
    """A claims file.

    Raises:
        StudyError: it cannot be read, or a key or value is not as Claims has it.
    """
    path = Path(path)
    if not path.is_file():
        raise StudyError(f"{path}: there is no such file; it should hold the claims, in YAML")
    file = read_config_file(path)
    try:
        claims = Claims.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise _error(file, *next(faults(error, Claims.model_json_schema()))) from error
    for key, words in _cross_faults(claims):
        raise _error(file, key, words)
    claims._file = file
    return claims


def _cross_faults(stated: Claims) -> Iterator[tuple[Key, str]]:
    """Errors that the types of keys cannot express."""
    looks, shares, ids = stated.looks or [], stated.shares, [claim.id for claim in stated.claims]
    if looks != sorted(looks):
        yield ("looks",), f"{looks} is not in ascending order"
    if shares and (len(shares) != len(looks) or not math.isclose(sum(shares), 1)):
        yield ("shares",), f"give one for each of the {len(looks)} looks, with sum 1"
    for number, claim in enumerate(stated.claims):
        key = ("claims", number)
        if claim.metric not in stated.metrics:
            hint = did_you_mean(claim.metric, stated.metrics) or "describe it in metrics"
            yield (*key, "metric"), f"there is no metric {claim.metric!r}; {hint}"
        if claim.against != "all" and claim.variant in claim.against:
            yield (*key, "against"), f"{claim.variant!r} is set against itself"
        if claim.id and claim.id in ids[:number]:
            yield (*key, "id"), f"{claim.id!r} is used more than once"


def _metric(name: str, given: MetricKeys) -> Metric:
    """Without decimals, differences have as many as show the margin with two digits."""
    unit, shown = given.unit, max(0, 1 - math.floor(math.log10(given.margin)))
    return Metric(
        name=given.name or name,
        unit=unit,
        difference="points" if unit == "%" else unit or "units",
        of=itemgetter(name),
        margin=given.margin,
        step=lambda *images: 0,
        decimals=shown if given.decimals is None else given.decimals,
        difference_decimals=shown if given.decimals is None else given.decimals + 1,
    )
