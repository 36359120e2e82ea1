"""exp, log, cosine and sine with the same bits on every processor.

The C library's, NumPy's and PyTorch's versions differ between processors in the last bit: they
choose other instructions, such as fused multiply-adds, where there are some. These use only what
IEEE 754 defines to the last bit (+, −, ×, ÷ of float64, each rounded by itself), integers and the
bits of a number. Numba compiles them without fusing anything; called as plain Python (`py_func`)
they give the same bits, and a test compares the two.

Polynomials are Taylor series, cut where the next term no longer counts; a test holds the errors in
units in the last place (ulp) against mpmath: exp 1, log 0.8, sine and cosine 2.
"""

import math

import numpy as np

from .compiled import compiled

LOG2_E = 1.4426950408889634  # 1 / ln 2
# ln 2 in two parts: the high one has 32 bits, so that its product with an exponent (11 bits) is
# exact. The split of Sun's fdlibm (e_exp.c, e_log.c), whose formula for the logarithm this is too.
LN2_HIGH, LN2_LOW = float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33")
SMALLEST = float.fromhex("0x1p-1022")  # the smallest float64 with all its bits
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
EXP = tuple(1 / math.factorial(i) for i in range(13, 1, -1))  # of r^13 … r^2
LOG = tuple(2 / (2 * i + 1) for i in range(11, 0, -1))  # of s^22 … s^2, see log
SIN = tuple((-1) ** i / math.factorial(2 * i + 1) for i in range(8, 0, -1))  # of r^17 … r^3
COS = tuple((-1) ** i / math.factorial(2 * i) for i in range(8, 0, -1))  # of r^16 … r^2


@compiled
def polynomial(x, coefficients):
    """Σ coefficients[i] · x^(n−1−i), by Horner's rule: a product, then a sum, n − 1 times."""
    total = coefficients[0]
    for i in range(1, len(coefficients)):
        total = total * x + coefficients[i]
    return total


@compiled
def power_of_two(exponent):
    """2^exponent for whole exponents from −1022 to 1023."""
    return np.int64((np.int64(exponent) + 1023) << 52).view(np.float64)


@compiled
def exp(x):
    """e^x in float64: 0 below −708, infinity above 709, and what is no number stays so."""
    if not -708.0 <= x <= 709.0:
        return 0.0 if x < 0.0 else x + math.inf
    k = math.floor(x * LOG2_E + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW  # at most ln 2 / 2
    return (1.0 + (r + r * r * polynomial(r, EXP))) * power_of_two(k)


@compiled
def log(x):
    """ln x in float64, for positive x with all their bits; not a number for anything else.

    With x = 2^k · (1 + f) and s = f / (2 + f): ln(1 + f) = ln(1 + s) − ln(1 − s)
    = 2s + s·R = f − s·(f − R), where R = 2/3 s² + 2/5 s⁴ + …
    """
    if not SMALLEST <= x < math.inf:
        return math.nan
    bits = np.float64(x).view(np.int64)
    k = (bits - SQRT_HALF_BITS) >> 52  # so that 1 + f lies between √½ and √2
    f = np.int64(bits - (k << 52)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f * f
    rest = s * (half + z * polynomial(z, LOG))  # = s·(f²/2 + R), and f − s·f = 2s
    return k * LN2_HIGH - ((half - (rest + k * LN2_LOW)) - f)


@compiled
def cos_sin_pi(x):
    """cos(πx) and sin(πx) in float64, for |x| below 2^50; exact at multiples of ½."""
    quarter = math.floor(2.0 * x + 0.5)
    r = (x - 0.5 * quarter) * math.pi  # the difference is exact, and at most ¼
    z = r * r
    cos, sin = 1.0 + z * polynomial(z, COS), r + r * (z * polynomial(z, SIN))
    turn = quarter & 3
    if turn == 0:
        return cos, sin
    if turn == 1:
        return -sin, cos
    if turn == 2:
        return -cos, -sin
    return sin, -cos


@compiled
def cospi(x):
    """cos(πx) in float64, as `cos_sin_pi`."""
    return cos_sin_pi(x)[0]
