"""Places side by side: what lets the compiler work on several of them at once.

Kernels march up to LANES places in lockstep and loop over them innermost. The compiler turns
such a loop into vector instructions if whatever it calls is compiled into it (`equation`), has
no calls into libraries (`exp`), and if the fields of the places lie in one record, so that it
sees that they do not overlap. A place gets the same numbers alone as in company, bit by bit.
"""

import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.extending import intrinsic

LANES = 64  # a region takes a fifth longer with half as many, and no less time with more
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # their sum is ln 2
ROUND = 1.5 * 2.0**52  # a number this large has no digits left for fractions
LEAST, MOST = -708.0, 709.0  # beyond, exp leaves the normal numbers

equation = njit(error_model="numpy", forceinline=True)


def lanes_of(names, lanes: int = LANES) -> list:
    """Return the fields of a record that holds *lanes* numbers under each of *names*."""
    return [(name, float, (lanes,)) for name in names]


def _cast(to, as_llvm):
    """Return what typing and code a change of type asks for that leaves the bits alone."""

    def cast(_typing, number):
        def code(_context, builder, _signature, arguments):
            return builder.bitcast(arguments[0], as_llvm)

        return to(number), code

    return cast


_bits = intrinsic(_cast(types.int64, ir.IntType(64)))
_number = intrinsic(_cast(types.float64, ir.DoubleType()))


@njit(error_model="numpy", forceinline=True, fastmath={"contract"})
def _exp(x):
    """Exponential function within 4e-16, without a branch; clamped to the normal numbers.

    x = n ln 2 + r with |r| <= ln 2 / 2; a Taylor polynomial of degree 13 for r, its terms in
    pairs so that they need not wait for each other, then n is added to the exponent.
    """
    x = min(max(x, LEAST), MOST)
    shifted = x * LOG2_E + ROUND  # n, as the last digits of a large number
    n = shifted - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1 / 2 + r * (1 / 6)) + r2 * (1 / 24 + r * (1 / 120))
    middle = (1 / 720 + r * (1 / 5040)) + r2 * (1 / 40320 + r * (1 / 362880))
    high = (1 / 3628800 + r * (1 / 39916800)) + r2 * (1 / 479001600 + r * (1 / 6227020800))
    y = 1.0 + (r + r2 * (low + r4 * (middle + r4 * high)))
    return _number(_bits(y) + (_bits(shifted) << 52))


exp = np.exp if config.DISABLE_JIT else _exp
