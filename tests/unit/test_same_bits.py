"""The same tables and weights from code compiled for other processors.

Each test compiles for a processor by name in a process of its own, where the C library's and
PyTorch's choice of instructions is turned down too, and compares with the digests below.
"""

import os

import pytest
from helpers.project import python

DIGESTS = """\
gn metrics 8082101677f00d04c80663080bab868a9c067756a507684d1075d57403e2ab75
gn evaluation 2872b7fde838968666ea06e60590157074a4629f379a845ea1207a34b2acc1bd
gn predictions 1238a427175b99e60403bc1664140565952ffd4f59817f0566ace679256e088a
gn weights b9433cfc79c95c0804de9f538241ef30d65f03926e93c2c827b2dcc94e682f9c
bn_l1 metrics 625f84c03a7c0b39b74ee17c7d14af336ad8f3bf9a4a6545f6d55c113b0a1e60
bn_l1 evaluation 5b172924d96b03fc71d0c4666729c2956967eea20ac2c46db875759ba61f0953
bn_l1 predictions 9ce3b98b96cccf39d6c15c4087e2d4d11e0b724b9b8bffa4b1b5c6b15c2126a4
bn_l1 weights 591b5a46e83e9090b22c4b1b6353819f4167d8fb9b32f6662c3376641c055c66
"""
EVERY = ("haswell", "x86-64-v3", "skylake-avx512", "znver4")
X86 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="names processors of x86-64")


def test_on_this_processor():
    assert python("-m", "helpers.small_study") == DIGESTS


@X86
@pytest.mark.parametrize(
    "name", [EVERY[0], *(pytest.param(name, marks=pytest.mark.slow) for name in EVERY[1:])]
)
def test_compiled_for_another_processor(name):
    older = {
        "NUMBA_CPU_NAME": name,
        "NUMBA_CPU_FEATURES": "",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F",
        "ATEN_CPU_CAPABILITY": "default",
        "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512_SKX",
    }
    assert python("-m", "helpers.small_study", **older) == DIGESTS
