"""From the runs of a study to a verdict on each of its claims.

A claim says that a variant is higher (or lower) than each of its rivals in one metric; a claim
against one rival is a contrast. With K contrasts of all claims, alpha = 1 − confidence and the
share of alpha that a look has (looks.py), a = alpha · share / K. Every contrast has two paired
t-intervals of its mean difference over seeds, of level 1 − a and 1 − 2a. Turned so that the
claimed side is positive, they are set against 0 and the margin δ:

    1 − a above 0, 1 − 2a not below δ     holds
    1 − a above 0, 1 − 2a below δ         holds, but too small to matter
    1 − 2a within (−δ, δ)                 no difference that matters
    1 − a below 0                         contradicted
    otherwise                             undecided

A statement about a difference can fail on two sides, one about equivalence on one side only. At a
true difference of 0 the wrong verdicts are *holds* and *contradicted*, together at most a; at one
of the margin or more *no difference* or *too small*, at most a: so the chance of any wrong
verdict in a study is below alpha. Where the claim is that a gap is small, sizes of mean gaps are
compared (contrasts.size_interval).

A claim is contradicted if any contrast is; else it makes no difference that matters if any
contrast does; it holds if every contrast does; else it is undecided. A contrast is judged at the
first look that decides it, or decides its claim, and that verdict stands: it is the same whether
or not runs were added later, for this claim or another. The estimate beside it is from all seeds
there are, since one that ends a study early is biased away from 0. With one seed there is no
verdict.
"""
