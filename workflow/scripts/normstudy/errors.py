"""The error that is a sentence."""


class StudyError(Exception):
    """A mistake or mishap that one sentence explains: what is wrong, where, what to do.

    Shown to the user without a traceback.
    """
