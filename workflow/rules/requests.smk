"""What was asked for: refused in a sentence, before Snakemake, where no rule makes it."""

from snakemake.cli import get_argument_parser

from normstudy.config.requests import Makeable, not_made, of_single_runs, ready_made


def is_made(name):
    """Whether the name is a rule's or a file that a rule makes."""
    path = os.path.relpath(name)
    return workflow.is_rule(name) or any(rule.is_producer(path) for rule in workflow.rules)


def of_runs(name):
    """Whether the name is of a rule that makes files of one run."""
    return workflow.is_rule(name) and workflow.get_rule(name).has_wildcards()


def unknown(makeable):
    """A sentence for each target of the command line that no rule makes."""
    given, _ = get_argument_parser().parse_known_args(sys.argv[1:])
    for name in given.targets or ():
        if of_runs(name):
            yield of_single_runs(name, makeable)
    kinds = (given.targets, given.forcerun, given.until, given.omit_from, given.prioritize)
    for name in sorted({name for names in kinds for name in names or ()}):
        if not is_made(name):
            yield not_made(name, makeable)


def refuse_unknown():
    """End with those sentences."""
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    words = [word for word in sys.argv[1:] if word not in options and not word.isdigit()]
    configs = [str(path) for path in workflow.overwrite_configfiles]
    targets = [word for word in words if os.path.abspath(word) not in configs]
    if all(is_made(word) and not of_runs(word) for word in targets):
        return  # nearly always; Snakemake's own parser takes a tenth of a second
    makeable = Makeable(
        variants=VARIANTS,
        seeds=SEEDS,
        rules=["all", *(name for name in RULES if workflow.is_rule(name) and not of_runs(name))],
        results=RESULTS,
        files=[
            *(str(path) for path in rules.all.input if not callable(path)),
            *map(str, results_of(RUNS)),
            *map(str, rules.model_cards.output),
            *map(str, rules.crate.output),
            *expand(rules.export.output, variant=VARIANTS, seed=SEEDS),
        ],
        studies=ready_made(SOURCE / "workflow" / "studies"),
    )
    with one_sentence():
        if sentences := list(unknown(makeable)):
            raise StudyError("\n".join(sentences))


# Not of jobs, nor of a program that uses Snakemake; and in storage files have other names.
if (
    workflow.is_main_process
    and Path(sys.argv[0]).stem in ("snakemake", "__main__")
    and workflow.storage_settings.default_storage_provider is None
):
    refuse_unknown()
