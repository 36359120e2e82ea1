"""The error that is shown without a traceback."""

import shlex


class StudyError(Exception):
    """A mistake or mishap that one sentence explains: what is wrong, where, what to do.

    Shown to the user without a traceback.
    """


def remake(path: object, rule: str) -> str:
    """How a user has a file made anew: deleting it is not enough where a later one is there."""
    return f"add --forcerun {shlex.quote(str(path))} to the snakemake command (rule {rule})"
