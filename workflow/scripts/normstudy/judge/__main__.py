"""The command normstudy-judge, or python -m normstudy.judge."""

import argparse
import sys
from pathlib import Path

from ..errors import StudyError
from ..records.files import replacing


def main() -> None:
    """Judge runs, or with --plan say how many it takes; a StudyError is one sentence and exit 1."""
    parser = argparse.ArgumentParser(prog="normstudy-judge", description="Verdicts on runs.")
    parser.add_argument("runs", nargs="?", help="a CSV file, or a folder of metrics.csv files")
    parser.add_argument("claims", help="the claims file, YAML")
    parser.add_argument("-o", "--output", type=Path, default=Path("verdicts.html"), help="page")
    parser.add_argument("--plan", action="store_true", help="how many seeds the claims take")
    options = parser.parse_args()
    if not options.runs and not options.plan:
        parser.error("name the runs and the claims file")
    try:
        write(**vars(options))
    except (StudyError, OSError) as error:
        sys.exit(f"Error: {error}")


def write(runs: str | None, claims: str, output: Path, plan: bool = False) -> None:
    """Write the page and verdicts.csv beside it, and print the headline; of a plan only print."""
    from .judged import judge_runs  # takes a second to import, which --help need not
    from .plan import planned

    if plan:
        print("\n".join(planned(claims, runs)))
        return
    numbers = output.with_suffix(".csv")
    if len({path.resolve() for path in (output, numbers, Path(str(runs)), Path(claims))}) < 4:
        raise StudyError(f"{output} and {numbers} beside it would replace a file; name another")
    judged = judge_runs(str(runs), claims)
    for path, text in ((output, judged.page(Path(str(runs)).name)), (numbers, judged.csv())):
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    for claim, verdict in zip(judged.config["claims"], judged.claims["verdict"], strict=True):
        print(f"{claim['says'].rstrip('.')}: {verdict}")
    print(f"The page: {output}, the numbers: {numbers}")


if __name__ == "__main__":
    main()
