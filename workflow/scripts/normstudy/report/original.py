"""The original, the published experiment that is replicated: its recipe, and departures from it."""

AUTHORS = "Gurijala, Ganguly and Sequeira"
NAME = "EVA6-Normalization-Regularization"
URL = "https://github.com/Arijit-datascience/EVA6-BatchNormalization-Regularization"

# key of a run's parameters -> (what it is called, the original's value)
RECIPE = {
    "epochs": ("epochs", 20),
    "batch_size": ("batch size", 64),
    "max_lr": ("peak learning rate", 0.015),
    "base_momentum": ("lowest momentum", 0.85),
    "max_momentum": ("highest momentum", 0.95),
    "dropout": ("dropout", 0.04),
    "rotation_degrees": ("rotation of up to ± degrees", 7),
    "brightness": ("brightness jitter", 0.4),
    "contrast": ("contrast jitter", 0.4),
}
# variant -> what makes its model; the reference table goes by the same names
MODELS = {
    "gn": {"norm": "group", "channels_per_group": 4, "l1": 0},
    "ln": {"norm": "layer", "l1": 0},
    "bn_l1": {"norm": "batch", "l1": 1e-4, "l1_reduction": "mean"},
}


def departures(config: dict, recipes: dict[str, dict]) -> list[str]:
    """What differs from the original's recipe, each as a phrase; empty if nothing does.

    Only the variants that the original has are looked at: others have no counterpart.

    Args:
        config: the study as resolved.
        recipes: variant → the parameters of its runs.
    """
    dataset = config["dataset"]
    found = []
    if dataset["name"] != "MNIST":
        found.append(f"{dataset['name']} instead of MNIST")
    for split, name in (("train_images", "training"), ("test_images", "test")):
        if dataset[split]:
            found.append(f"only the first {dataset[split]:,} {name} images")
    known = [variant for variant in config["variants"] if variant in MODELS]
    labels = {variant: config["variants"][variant]["label"] for variant in known}
    for key, (name, expected) in RECIPE.items():
        for value in dict.fromkeys(recipes[variant][key] for variant in known):
            if value == expected:
                continue
            those = [labels[variant] for variant in known if recipes[variant][key] == value]
            whose = "" if len(those) == len(known) else f" ({', '.join(those)})"
            found.append(f"{name} {value:g} instead of {expected:g}{whose}")
    found += [
        f"another model under the name {variant} ({labels[variant]})"
        for variant in known
        if not _same_model(recipes[variant], MODELS[variant])
    ]
    return found


def _same_model(recipe: dict, expected: dict) -> bool:
    options = recipe["norm_options"] or (
        {"channels_per_group": 4} if recipe["norm"] == "group" else {}
    )
    actual = {**options, "norm": recipe["norm"], "l1": recipe["l1"]}
    if recipe["l1"]:
        actual["l1_reduction"] = recipe["l1_reduction"]
    return actual == expected


def same_course(config: dict, recipes: dict[str, dict]) -> bool:
    """Whether our curves and the original's are of the same images over the same epochs."""
    dataset = config["dataset"]
    return (
        dataset["name"] == "MNIST"
        and not dataset["train_images"]
        and not dataset["test_images"]
        and all(
            recipe["epochs"] == RECIPE["epochs"][1]
            for variant, recipe in recipes.items()
            if variant in MODELS
        )
    )
