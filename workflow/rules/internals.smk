"""All that reaches into Snakemake, for want of a documented way: tests/workflow/test_internals.py."""

SNAKEMAKES_OWN_LIMIT = (100, 1)  # jobs, seconds: --max-jobs-per-timespan as it is when not given


def look_only_when_a_job_ends():
    """Let Snakemake start jobs without a limit on their rate, unless the user gave one.

    While jobs wait, Snakemake 9.27 sets a timer after each look at them, to look again once its
    limit would allow more jobs. Each job that ends begins such a chain of looks, and none stops
    before the last job has started: 200 runs took 14,000 looks instead of 400. The limit itself
    never acts here: a hundred jobs are not started in a second.
    """
    limit = getattr(workflow.scheduler, "job_rate_limiter", None)
    if limit and (limit.max_jobs, limit.timespan) == SNAKEMAKES_OWN_LIMIT:
        workflow.scheduler.job_rate_limiter = None
