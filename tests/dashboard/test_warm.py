"""Kernels are compiled once for all processes, and beside other threads without harm."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import numba
from numba.core.errors import NumbaWarning, WarningsFixer

import tem

NEW = """
from numba.core import event

class Heard(event.Listener):
    def on_start(self, one):
        print("compiles", one.data["dispatcher"].py_func.__qualname__)

    def on_end(self, one):
        pass

event.register("numba:compile", Heard())
from dashboard import warm
warm.main()
print("done")
"""


def test_a_second_process_compiles_nothing():
    """What it compiled all the same would be compiled beside threads at every start."""
    env = os.environ | {"NUMBA_CACHE_DIR": str(Path(numba.config.CACHE_DIR).parent)}
    said = [
        subprocess.run(
            [sys.executable, "-c", NEW], env=env, capture_output=True, text=True, check=True,
            cwd=Path(tem.__file__).parents[1],
        ).stdout.split("\n")
        for _ in range(2)
    ]  # fmt: skip
    assert said[1] == ["done", ""]


def test_compiling_leaves_the_warnings_of_other_threads_alone():
    shown = warnings.showwarning, warnings.filters
    with WarningsFixer(NumbaWarning).catch_warnings(filename="here", lineno=1):
        assert (warnings.showwarning, warnings.filters) == shown
