"""Count what an equation does: run the model's own functions uncompiled, on numbers that count.

Only the branch taken is counted. Compiled lanes work out both and choose, so the counts are the
least that must be done.
"""

import contextlib
import math
import operator
import sys
from collections import Counter
from types import SimpleNamespace
from unittest import mock

import numpy as np
from numba.core.dispatcher import Dispatcher

from tem import lanes

BYTES = 8  # of a number


class Counted:
    """A number that notes in *tally* what is done with it; so do the numbers that come of it."""

    __slots__ = ("tally", "value")

    def __init__(self, value, tally):
        self.value, self.tally = float(value), tally

    def __float__(self):
        return self.value

    def __int__(self):
        return int(self.value)

    def __abs__(self):
        return Counted(abs(self.value), self.tally)

    def __neg__(self):
        return Counted(-self.value, self.tally)

    def __ceil__(self):
        return math.ceil(self.value)

    def __hash__(self):
        return hash(self.value)

    def __array_ufunc__(self, ufunc, method, *inputs, **_given):
        """Answer NumPy's functions of one number (exp, log, …) and arithmetic with its numbers."""
        self.tally[UFUNCS.get(ufunc.__name__, ufunc.__name__)] += 1
        found = ufunc(*(float(one) for one in inputs))
        return found if isinstance(found, np.bool_) else Counted(found, self.tally)


UFUNCS = {"subtract": "add", "true_divide": "divide"} | dict.fromkeys(
    ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"), "compare"
)


def _binary(name, work, kind):
    """Give Counted an operator that counts as *kind*, and its reflection."""

    def forth(self, other):
        self.tally[kind] += 1
        return Counted(work(self.value, float(other)), self.tally)

    def back(self, other):
        self.tally[kind] += 1
        return Counted(work(float(other), self.value), self.tally)

    setattr(Counted, f"__{name}__", forth)
    setattr(Counted, f"__r{name}__", back)


def _comparison(name, work):
    def compare(self, other):
        self.tally["compare"] += 1
        return work(self.value, float(other))

    setattr(Counted, f"__{name}__", compare)


def _power(self, other):
    """Count a whole power as the multiplications that the compiler makes of it."""
    whole = isinstance(other, int) and other > 0
    self.tally["multiply" if whole else "power"] += max(other - 1, 1) if whole else 1
    return Counted(self.value ** float(other), self.tally)


Counted.__pow__ = _power
for _name, _work, _kind in (
    ("add", operator.add, "add"),
    ("sub", operator.sub, "add"),
    ("mul", operator.mul, "multiply"),
    ("truediv", operator.truediv, "divide"),
):
    _binary(_name, _work, _kind)
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    _comparison(_name, getattr(operator, _name))


class Tally(Counter):
    """What was counted; of each round of a loop over places, what it touches counts once.

    Within a round the compiler keeps a number at hand; the next place begins the next round.
    """

    def __init__(self):
        super().__init__()
        self._place, self._touched = None, set()

    def touch(self, lane, i, kind):
        """Note that element *i* of *lane* is looked at or set."""
        if i != self._place:
            self._place, self._touched = i, set()
        at_hand = {(id(lane), kind), (id(lane), "store")}
        if not at_hand & self._touched:
            self[kind] += 1
        self._touched.add((id(lane), kind))


class Lane(list):
    """Numbers of many places; those of the first few count, and so does touching them."""

    def __init__(self, values, counting, tally):
        super().__init__(
            Counted(v, tally) if i < counting else float(v) for i, v in enumerate(values)
        )
        self._counting, self._tally = counting, tally

    def __getitem__(self, i):
        if i < self._counting:
            self._tally.touch(self, i, "load")
        return super().__getitem__(i)

    def __setitem__(self, i, value):
        if i < self._counting:
            self._tally.touch(self, i, "store")
        super().__setitem__(i, value)


def counting_record(record, counting, tally):
    """Return *record* (NumPy's, of lanes) as one whose first *counting* lanes count."""
    named = {}
    for name in record.dtype.names:
        field = record[name]
        more = field.dtype.names is not None
        make = counting_record if more else Lane
        named[name] = make(field, counting, tally)
    return SimpleNamespace(**named)


class Stack(list):
    """Records one upon the other, as `tem.conduction.stack` has them."""

    size = property(len)


def _plain_modules():
    """Return the modules of the model that hold equations and marches."""
    return [module for name, module in sys.modules.items() if name.startswith("tem.")]


@contextlib.contextmanager
def uncompiled():
    """Within this, the model's compiled functions are plain Python, called by anyone."""
    own_exp = lanes.exp
    with contextlib.ExitStack() as stack:
        for module in _plain_modules():
            for name, work in list(vars(module).items()):
                if isinstance(work, Dispatcher):
                    plain = np.exp if work is own_exp else work.py_func
                    stack.enter_context(mock.patch.object(module, name, plain))
        yield


def cost_of_exp() -> int:
    """Return how many adds and multiplies the model's own exponential function takes."""
    tally = Counter()
    with mock.patch.multiple(lanes, _bits=lambda _x: 0, _number=lambda x: x):
        lanes.exp.py_func(Counted(0.3, tally))
    return tally["add"] + tally["multiply"]
