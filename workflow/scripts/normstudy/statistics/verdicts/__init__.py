"""From the runs of a study to a verdict on each of its claims.

A claim says that a variant is higher (or lower) than each of its rivals in one metric; a claim
against one rival is a contrast. Every contrast has one interval, Student's paired t-interval of the
mean difference over seeds, and every verdict, figure and sentence reads off that interval. Its
level is 1 − alpha · share / K, with alpha = 1 − confidence, K the number of contrasts of all claims
and `share` that of the look (looks.py). By Bonferroni's inequality all intervals together cover
with confidence 1 − alpha, so the chance of any wrong verdict of any kind is below alpha.

Turned so that the claimed side is positive, the interval [L, U] is set against 0 and the margin δ:

    L > 0                         holds; if also U < δ: holds, but too small to matter
    otherwise within (−δ, δ)      no difference that matters
    otherwise U < 0               contradicted
    otherwise                     undecided

A claim is contradicted if any contrast is; else it makes no difference that matters if any contrast
does; it holds if every contrast does; else it is undecided. A contrast is judged at the first look
that decides it, or decides its claim, and that verdict stands: it is the same whether or not runs
were added later, for this claim or another. With one seed there is no interval and no verdict.
"""
