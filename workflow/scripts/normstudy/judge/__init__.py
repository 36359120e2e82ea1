"""Verdicts on the runs of any training code, by the statistics of this project's studies."""
