"""The Terrestrial Ecosystem Model with thaw: climate in, carbon and nitrogen out.

Two stages. `environment` works out what the climate permits (heat, water, light) and does not
depend on any rate parameter; `experiment` works out what life makes of it (carbon, nitrogen,
thaw) for the transient run S_T and the reference run S_R. Datasets in, Datasets out: nothing
here reads a file or knows a screen.
"""

import os
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path

import numba
from platformdirs import user_cache_path

# Numba's cache sees neither an edited equation in another file nor an edited constant,
# so compiled code is filed under a hash of the whole package.
_source = b"".join(f.read_bytes() for f in sorted(Path(__file__).parent.rglob("*.py")))
source_hash = sha256(_source).hexdigest()[:16]
_cache = os.environ.get("NUMBA_CACHE_DIR") or user_cache_path("permafrost-carbon") / "compiled"
numba.config.CACHE_DIR = str(Path(_cache) / source_hash)

# While it compiles, Numba gathers warnings by a switch that all threads of a process share. Beside
# a thread that warns meanwhile, it may then go on for ever and fill the memory.
numba.core.errors.WarningsFixer.catch_warnings = lambda *_names, **_more: nullcontext()

# the cache must be set before any kernel exists
from tem import sealed  # noqa: E402

sealed.use(source_hash)

from tem import explain, summary, threshold, variance  # noqa: E402
from tem.blocks import Cancelled  # noqa: E402
from tem.borehole import column  # noqa: E402
from tem.environment import environment, ground  # noqa: E402
from tem.experiment import experiment  # noqa: E402
from tem.offset import Offsets, offset  # noqa: E402
from tem.parameters import Parameters, ecosystems, edited, sites  # noqa: E402
from tem.rest import at_rest  # noqa: E402
from tem.sensitivity import tornado  # noqa: E402
from tem.summary import Measure  # noqa: E402
from tem.thin import thin  # noqa: E402

__all__ = [
    "Cancelled",
    "Measure",
    "Offsets",
    "Parameters",
    "at_rest",
    "column",
    "ecosystems",
    "edited",
    "environment",
    "experiment",
    "explain",
    "ground",
    "offset",
    "sites",
    "source_hash",
    "summary",
    "thin",
    "threshold",
    "tornado",
    "variance",
]
