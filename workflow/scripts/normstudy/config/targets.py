"""The names that no variant may have: those of rules, and of folders of results/."""

TARGETS = (
    *("all", "download", "summarize", "worked_example", "report", "slides"),
    *("model_cards", "crate", "compare", "judge", "prune"),
)
OF_RUNS = ("train", "misclassified", "look", "export")  # their files are targets, they are not
FOLDERS = ("benchmarks", "figures", "logs", "looks", "resume", "tables")
RESERVED = frozenset({*TARGETS, *OF_RUNS, *FOLDERS})
