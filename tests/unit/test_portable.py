"""The elementary functions: their errors against mpmath, and the same bits compiled and not."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from normstudy.network import portable

mpmath.mp.prec = 120


def cos_pi(x):
    return portable.cos_sin_pi(x)[0]


def sin_pi(x):
    return portable.cos_sin_pi(x)[1]


# name → ours, the true function, its inputs, the largest error in ulp
FUNCTIONS = {
    "exp": (portable.exp, mpmath.exp, st.floats(-708, 709), 1),
    "exp near 0": (portable.exp, mpmath.exp, st.floats(-1, 1), 1),
    "log": (portable.log, mpmath.log, st.floats(portable.SMALLEST, 1.7e308), 0.8),
    "log near 1": (portable.log, mpmath.log, st.floats(0.5, 2), 0.8),
    "cos": (cos_pi, mpmath.cospi, st.floats(-3, 3), 2),
    "sin": (sin_pi, mpmath.sinpi, st.floats(-3, 3), 2),
}


def errors(name, numbers):
    """Errors in ulp of the true value."""
    ours, true, _, _ = FUNCTIONS[name]
    for x in numbers:
        exact = true(mpmath.mpf(x))
        yield float(abs(mpmath.mpf(ours(x)) - exact)) / math.ulp(float(exact))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors_in_ulp(name):
    _, _, floats, bound = FUNCTIONS[name]

    @given(floats)
    def anywhere(x):
        (error,) = errors(name, [x])
        assert error <= bound

    anywhere()
    generator = np.random.Generator(np.random.Philox(3))
    low, high = {"exp": (-700, 700), "log": (1e-3, 50), "log near 1": (0.5, 2)}.get(name, (-1, 1))
    assert max(errors(name, generator.uniform(low, high, 4000).tolist())) <= bound


def bits(value):
    return np.asarray(value, np.float64).tobytes()


@pytest.mark.parametrize("function", [portable.exp, portable.log, portable.cos_sin_pi])
def test_compiled_and_plain_python_have_the_same_bits(function):
    generator = np.random.Generator(np.random.Philox(4))
    for x in (*generator.normal(0, 30, 3000).tolist(), 0.0, -0.0, 1e-300, 0.25, 0.5):
        assert bits(function(x)) == bits(function.py_func(x))


def test_special_values():
    assert portable.exp(-709.0) == portable.exp(-math.inf) == 0
    assert portable.exp(710.0) == portable.exp(math.inf) == math.inf
    assert portable.exp(0.0) == 1 and portable.log(1.0) == 0
    assert all(math.isnan(portable.log(x)) for x in (0.0, -1.0, 1e-310, math.inf, math.nan))
    assert math.isnan(portable.exp(math.nan))


@pytest.mark.parametrize("halves", range(-8, 9))
def test_right_angles_are_exact(halves):
    cos, sin = portable.cos_sin_pi(halves / 2)
    assert (cos, sin) == [(1, 0), (0, 1), (-1, 0), (0, -1)][halves % 4]
