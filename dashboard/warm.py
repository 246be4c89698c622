"""Compile the model ahead, in a process of its own: compiling in a thread would slow the page.

`python -m dashboard.warm` runs two cells; the compiled kernels stay in Numba's cache, filed under
the model's source, and every later start finds them there.
"""

import logging
import subprocess
import sys
from pathlib import Path

import llvmlite
import numba

log = logging.getLogger(__name__)


def mark() -> Path:
    """Return the file that says that this model was compiled by this Numba."""
    import tem  # noqa: F401 - sets the cache

    name = f"compiled-numba-{numba.__version__}-llvmlite-{llvmlite.__version__}"
    return Path(numba.config.CACHE_DIR) / name


def ensure():
    """Have the model compiled; return whether that took a process of its own."""
    if mark().exists():
        return False
    done = subprocess.run(
        [sys.executable, "-m", "dashboard.warm"], capture_output=True, text=True, check=False
    )
    if done.returncode:  # the model then compiles when it is called; slower, but it works
        log.warning("The model could not be compiled ahead: %s", done.stderr.strip()[-500:])
    return True


def main():
    """Run the whole model once on two cells."""
    import data
    import tem

    region = data.region(0.5).isel(cell=[0, 1])
    sky = data.climate(region, data.RCPS[0], data.GCMS[0])
    ground = tem.ground(region, sky, workers=1)
    tem.experiment(tem.environment(region, sky, ground=ground, workers=1), workers=1)
    mark().parent.mkdir(parents=True, exist_ok=True)
    mark().touch()


if __name__ == "__main__":
    main()
