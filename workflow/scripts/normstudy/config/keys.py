"""The keys of a config with their types, limits, defaults and meaning, as pydantic models.

`make schema` writes the schema that editors read (workflow/schemas/config.schema.yaml) from them.
"""

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema

from ..errors import StudyError
from ..records.metrics import RUN_METRICS


def norm_names() -> list[str]:
    """The keys of model.NORMS, read from its source: importing it would import torch.

    Raises:
        StudyError: model.py is not Python.
    """
    path = Path(__file__).parents[1] / "network" / "model.py"
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise StudyError(f"{path}, line {error.lineno}: {error.msg}") from error
    (registry,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "NORMS"
    )
    return [ast.literal_eval(key) for key in registry.keys]  # type: ignore


def _all_different(items: list) -> list:
    for number, item in enumerate(items):
        if item in items[:number]:
            raise ValueError(f"{item!r} is listed more than once")
    return items


def _names(schema: dict) -> None:
    """For editors these names are examples: there may be more in a project of one's own."""
    schema |= {"type": "string", "examples": schema.pop("enum")}


NORM_OPTIONS = ("num_groups", "channels_per_group")
UNIQUE = (AfterValidator(_all_different), Field(json_schema_extra={"uniqueItems": True}))
BY_TYPE = Discriminator(lambda value: type(value).__name__)  # chooses one of several types
if TYPE_CHECKING:
    Norm = str
    MetricName = str
else:
    Norm = Annotated[Literal[*norm_names()], Field(json_schema_extra=_names)]
    MetricName = Annotated[Literal[*RUN_METRICS], Field(json_schema_extra=_names)]
NO_BRACES = r"^[^{}\x00-\x1f]+$"
Folder = Annotated[str, Field(pattern=NO_BRACES, title="a folder's name without { and }")]
FolderOrURL = Annotated[
    str, Field(pattern=NO_BRACES, title="a folder's name or a URL, without { and }")
]
VARIANT_NAME = "a lower-case letter, then lower-case letters, digits and _ (40 characters at most)"
VariantName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]
ClassName = Annotated[
    Annotated[int, Tag("int")] | Annotated[str, Field(min_length=1), Tag("str")], BY_TYPE
]
Seeds = Annotated[
    Annotated[int, Field(ge=1, le=10_000), Tag("int")]
    | Annotated[
        list[Annotated[int, Field(ge=0, le=2**32 - 1)]], Field(min_length=1), *UNIQUE, Tag("list")
    ]
    | Annotated[Literal["until decided"], Tag("str")],
    BY_TYPE,
]
Rivals = Annotated[
    Annotated[Literal["all"], Tag("str")]
    | Annotated[list[str], Field(min_length=1), *UNIQUE, Tag("list")],
    BY_TYPE,
]


class Keys(BaseModel):
    """A map of keys. Unknown ones are errors, so that a typo is reported."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=__name__ == "__main__",  # only the schema needs what they say
    )

    @model_validator(mode="wrap")
    @classmethod
    def _as_stated(cls, stated: Any, build: Any) -> Any:
        """A whole number stays one where any number may stand: 7 and 7.0 are other texts."""
        built = build(stated)
        if isinstance(stated, dict):
            vars(built).update({k: v for k, v in stated.items() if type(v) is int})
        return built


class Dataset(Keys):
    """the images"""

    name: str = Field(
        "MNIST", pattern="^[A-Za-z0-9][A-Za-z0-9_-]*$", title="a name of letters, digits, - and _"
    )
    """a known dataset, or a name for a dataset of your own (which needs `source`)"""
    folder: Folder = "data"
    """folder where the data are kept, as <folder>/<name>/raw; ~ is the home folder"""
    source: str | None = None
    """folder that already has the four IDX files (raw or .gz); searched first"""
    train_images: int | None = Field(None, ge=1)
    """train on only this many images, the first ones; null is all"""
    test_images: int | None = Field(None, ge=1)
    """test on only this many images, the first ones; null is all"""
    classes: Annotated[list[ClassName], *UNIQUE] | None = Field(
        None, min_length=2, max_length=256, exclude_if=lambda classes: classes is None
    )
    """names of the classes of a dataset of your own, in the order of its labels 0, 1, …; without
    this key there are ten, named 0 to 9"""
    mean: float | None = Field(None, ge=0, le=1)
    """mean of the training pixels of a dataset of your own, scaled to 0 … 1: the network sees
    (x − mean)/std; null: mean and std are computed from the training images"""
    std: float | None = Field(None, gt=0, le=1)
    """standard deviation of these pixels"""


class Recipe(Keys):
    """the recipe of every run; a variant may override any of it"""

    epochs: int = Field(20, ge=1, le=10_000)
    """passes over the training images"""
    batch_size: int = Field(64, ge=1, le=60_000)
    """images in a batch"""
    max_lr: float = Field(0.015, gt=0, le=10)
    """peak of the one-cycle learning rate"""
    base_momentum: float = Field(0.85, ge=0, lt=1)
    """lowest momentum of the schedule"""
    max_momentum: float = Field(0.95, ge=0, lt=1)
    """highest momentum of the schedule"""
    dropout: float = Field(0.04, ge=0, lt=1)
    """probability of dropping an activation"""
    l1: float = Field(0, ge=0, le=10)
    """factor of the L1 penalty; 0 is no penalty"""
    l1_reduction: Literal["mean", "sum"] = "mean"
    """sum of |w| over all weights, or sum of each tensor's mean |w| (the original's)"""
    rotation_degrees: float = Field(7, ge=0, le=180)
    """images are rotated by up to ± this"""
    brightness: float = Field(0.4, ge=0, le=1)
    """multiplied by 1 − this to 1 + this"""
    contrast: float = Field(0.4, ge=0, le=1)
    """multiplied by 1 − this to 1 + this"""
    precision: Literal["fp32", "bf16"] = "fp32"
    """bf16 uses autocast"""
    device: Literal["auto", "cpu", "cuda", "mps"] = "cpu"
    """where a network is trained; auto: cuda, else mps, else cpu"""
    engine: Literal["auto", "kernels", "pytorch"] = "auto"
    """what trains: the compiled kernels, PyTorch, or by auto the kernels for a norm that they have,
    in fp32 on the CPU, as long as they compute what model.py says"""
    threads: int = Field(1, ge=1, le=256)
    """threads of one training job; their number changes floating-point sums, so it is fixed"""


class Variant(Recipe):
    """one of the models; of the recipe's keys it has those that it overrides"""

    label: str = Field(
        pattern=r"\S", max_length=80, title="text of 1 to 80 characters, not all of them blank"
    )
    """its name in the report"""
    norm: Norm
    """the normalization, a name of NORMS in workflow/scripts/normstudy/network/model.py"""
    num_groups: int | None = Field(None, ge=1)
    """number of groups in each layer"""
    channels_per_group: int | None = Field(None, ge=1)
    """channels in each group"""

    @model_serializer(mode="plain")
    def stated(self) -> dict:
        """The keys that it states."""
        return {key: value for key, value in self if key in self.model_fields_set}

    @property
    def norm_options(self) -> dict[str, int]:
        """num_groups or channels_per_group, as far as it is stated."""
        stated = self.stated()
        return {name: stated[name] for name in NORM_OPTIONS if stated.get(name) is not None}


class Misclassified(Keys):
    """the picture of misclassified test images"""

    count: int = Field(10, ge=1, le=100)
    """how many are shown"""
    order: Literal["index", "confidence"] = "index"
    """in the order of the test set, or the most confident errors first"""


class Verdicts(Keys):
    """how the claims are judged"""

    margin: float = Field(0.05, gt=0, le=100)
    """the largest difference in accuracy or in the train-test gap that does not matter, in
    percentage points; two variants are equivalent when their difference is shown to be within
    ± this"""
    loss_margin: float = Field(0.002, gt=0)
    """the same for test_loss, in nats per image"""
    confidence: float = Field(0.95, ge=0.5, lt=1)
    """1 − confidence is the accepted probability of any wrong verdict in the study"""
    looks: list[Annotated[int, Field(ge=2)]] | None = Field(None, min_length=1, max_length=20)
    """the numbers of seeds at which the verdicts will be read, in ascending order, stated before
    the first run; null: they are read once, with all seeds"""
    shares: list[Annotated[float, Field(gt=0, le=1)]] | None = None
    """the share of 1 − confidence that each look has, with sum 1; null: most at the last look (0.1,
    0.3 and 0.6 of three)"""


class Claim(Keys):
    """a conclusion to be tested"""

    id: str = Field(pattern="^[a-z0-9][a-z0-9-]*$", title="lower-case letters, digits and -")
    says: str = Field(min_length=1)
    """the claim as a sentence"""
    metric: MetricName
    """after the last epoch. train_accuracy is running (train mode, augmented images, while the
    weights change); train_accuracy_evaluated is that of the finished network on the plain images;
    gap and gap_evaluated are these minus test_accuracy"""
    variant: str
    """the variant that the claim is about"""
    against: Rivals = "all"
    """its rivals; the claim holds only if it holds against every one of them"""
    direction: Literal["higher", "lower"] = Field(
        default_factory=lambda claim: (
            "higher" if RUN_METRICS[claim["metric"]].higher_is_better else "lower"
        )
    )
    """whether the variant's value is claimed to be higher or lower than each rival's; without this
    key, lower for a loss or a gap, higher for an accuracy"""


class StudyKeys(Keys):
    """the keys of config.yaml"""

    results: Folder = "results"
    """folder that this study writes to; ~ is the home folder"""
    resume: FolderOrURL | None = None
    """where unfinished runs keep their state, to resume after an interruption: a folder, or a URL
    that fsspec can write to, such as s3://bucket/folder; null is the folder resume in the results.
    Each study needs its own"""
    dataset: Dataset = Field(default_factory=Dataset)
    training: Recipe = Field(default_factory=Recipe)
    variants: dict[VariantName, Variant] = Field(min_length=1)
    """the models to compare; the key is the name of the variant's folder and target. A later config
    file adds variants to those of an earlier one and removes one by setting its key to null. (It
    replaces lists, such as seeds and claims, as a whole.)"""
    seeds: Seeds = [1]
    """a list of seeds, or a number n for n seeds from first_seed on, or `until decided`: all
    variants have as many as the first of verdicts.looks; then, look by look, only variants that an
    undecided claim needs get more"""
    first_seed: int = Field(1, ge=0, le=2**32 - 1 - 10_000)
    """the first seed where `seeds` is a number or `until decided`; 31 tests claims on other runs
    than those of the seeds 1 to 30 that suggested them"""
    misclassified: Misclassified = Field(default_factory=Misclassified)
    verdicts: Verdicts = Field(default_factory=Verdicts)
    claims: list[Claim] = []
    """what the study tests, all together: the more claims, the wider each interval"""

    @field_validator("variants", mode="before")
    @classmethod
    def _without_null(cls, variants: Any) -> Any:
        """A variant set to null is removed, so that a later file can drop one of an earlier."""
        if not isinstance(variants, dict):
            return variants
        return {name: variant for name, variant in variants.items() if variant is not None}


class _Untitled(GenerateJsonSchema):
    """Without a title for each key that only repeats its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def json_schema() -> dict:
    """The keys as a JSON Schema."""
    schema = StudyKeys.model_json_schema(schema_generator=_Untitled)
    for key in schema["$defs"]["Variant"]["properties"].values():
        key.pop("default", None)  # what a variant does not state it has from `training`
    variants = schema["properties"]["variants"]
    ((pattern, variant),) = variants.pop("patternProperties").items()
    variants["propertyNames"] = {"pattern": pattern, "title": VARIANT_NAME}
    variants["additionalProperties"] = {"anyOf": [variant, {"type": "null"}]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


if __name__ == "__main__":
    written = json.loads(json.dumps(json_schema()).replace(r"\n", " "))  # descriptions in one line
    print("# Written by `make schema` from workflow/scripts/normstudy/config/keys.py: change that.")
    print(yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=100), end="")
