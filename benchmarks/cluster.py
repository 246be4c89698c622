"""`run --workers`: time and memory against workers and cells, on the plateau and far beyond it."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from math import cos, radians
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
import xarray as xr

import data
from data.prepared import CLIMATE, ID
from data.store import ZARR

RCP, GCM = "rcp85", "HadGEM2-ES"
WIDTH = 0.1  # degrees
PLATEAU = (0, 1, 2)  # workers; 0: one process with a thread for each processor, as without Dask
SIZES, LONG_SIZES = (4_000, 12_000), (4_000, 12_000, 100_000)  # cells of a ring around the pole
SOUTH, AROUND = 60.0, 3600  # degrees, cells in a row
STRIDE = 4_096  # cells that are written together
LOOK = 0.1  # s between two looks at the memory
# The permafrost region of the northern hemisphere where the ground is frozen: Obu et al. (2019),
# doi:10.1016/j.earscirev.2019.04.023, km2; and a cell of the target at 65° N
PERMAFROST, TARGET, AT = 13.9e6, 0.05, 65.0
DEGREE = 111.195  # km


class Shared(NamedTuple):
    """A run of one climate, 2006-2099, from the command line."""

    domain: str
    cells: int
    workers: int
    seconds: float
    core_seconds: float
    client: float  # MiB at the peak; of the process itself where there are no workers
    worker: float  # MiB at the peak of the largest
    result: float  # MB on disk

    def row(self) -> str:
        """Return a line of the table."""
        memory = f"{self.client:.0f} MiB" + (f", workers {self.worker:.0f}" if self.workers else "")
        return (
            f"{self.domain:10} {self.cells:>8,} cells  {self.workers or 'no'} workers  "
            f"{self.seconds:6.1f} s  {self.core_seconds:6.1f} core s  "
            f"{1000 * self.core_seconds / self.cells:.2f} core ms a cell  {memory}  "
            f"{self.result:.0f} MB"
        )


def measured(*, long: bool = False):
    """Yield each run as it is done; *long*: up to a size that takes ten minutes on two cores."""
    folder = Path(tempfile.mkdtemp())
    try:
        cells = data.region(WIDTH).sizes["cell"]
        for workers in PLATEAU:
            where = ("--resolution", str(WIDTH))
            yield _run(folder, "plateau", cells, workers, where)
        for cells in LONG_SIZES if long else SIZES:
            path = ring(folder / f"ring{ZARR}", cells)
            yield _run(folder, "ring", cells, os.cpu_count(), ("--region", str(path)))
            shutil.rmtree(path)
    finally:
        shutil.rmtree(folder)


def projected(found) -> str:
    """Return what the largest run with workers means for all permafrost at TARGET degrees.

    Cells of a ring repeat themselves and take less room on disk; so the widest of all counts.
    """
    largest = max((one for one in found if one.workers), key=lambda one: one.cells)
    cell = (TARGET * DEGREE) ** 2 * cos(radians(AT))  # km2
    cells = PERMAFROST / cell
    hours = largest.core_seconds / largest.cells * cells / 3600
    disk = max(one.result / one.cells for one in found) * cells / 1000
    return (
        f"All permafrost at {TARGET}°: {cells / 1e6:.2f} million cells of {cell:.1f} km²; "
        f"{hours:.1f} core hours a climate, {disk:.0f} GB on disk, "
        f"{largest.worker:.0f} MiB a worker"
    )


def ring(path: Path, cells: int) -> Path:
    """Write a region of so many *cells* around the pole to *path*, as `prepare` would.

    Land and climate are those of the plateau's cells, again and again: for time and memory it
    does not matter where a cell lies.
    """
    place = data.region(0.5)
    climate = data.climate(place, RCP, GCM)[[*CLIMATE]].astype("f4")
    taken, number = np.arange(cells) % place.sizes["cell"], np.arange(cells)
    whole = place.isel(cell=taken).assign_coords(
        lat=("cell", SOUTH + WIDTH * (number // AROUND + 0.5)),
        lon=("cell", -180 + WIDTH * (number % AROUND + 0.5)),
        rcp=[RCP], gcm=[GCM], year=list(data.YEARS),
    )  # fmt: skip
    whole["co2"] = data.climate(place, RCP, GCM).co2.expand_dims("rcp")
    whole = whole.assign_coords(time=climate.time)
    dims = ("rcp", "gcm", "cell", "time")
    nothing = np.broadcast_to(np.float32(np.nan), (1, 1, cells, climate.sizes["time"]))
    for name in CLIMATE:
        whole[name] = (dims, nothing, climate[name].attrs)
    whole.attrs |= {
        "title": f"Ring of {cells:,} cells", ID: f"ring {cells}", "report": "[]",
        "resolution": WIDTH,
    }  # fmt: skip
    chunks = {name: {"chunks": (1, 1, 512, nothing.shape[-1])} for name in CLIMATE}
    whole.to_zarr(
        path, mode="w", zarr_format=2, consolidated=False, encoding=chunks,
        write_empty_chunks=False,
    )  # fmt: skip
    for start in range(0, cells, STRIDE):
        block = slice(start, min(start + STRIDE, cells))
        part = climate.isel(cell=taken[block]).drop_vars(list(climate.coords)).drop_attrs()
        region = dict.fromkeys(dims, slice(None)) | {"cell": block}
        part.expand_dims(["rcp", "gcm"]).to_zarr(path, region=region, consolidated=False)
    xr.Dataset(attrs=whole.attrs).to_zarr(path, mode="a", zarr_format=2, consolidated=True)
    return path


def _run(folder, domain, cells, workers, where) -> Shared:
    """Run one climate; RuntimeError if that does not come to an end."""
    out = folder / f"result{ZARR}"
    words = ["run", "--rcp", RCP, "--gcm", GCM, *where, "--out", str(out)]
    words += ["--workers", str(workers)] if workers else []
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run = subprocess.Popen(
        [sys.executable, "-m", "dashboard", *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    client = worker = 0.0
    while run.poll() is None:
        own, others = _resident(psutil.Process(run.pid))
        client, worker = max(client, own), max(worker, *others, 0.0)
        time.sleep(LOOK)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        raise RuntimeError(f"{' '.join(words)}: exit code {run.returncode}")
    core = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    disk = sum(file.stat().st_size for file in out.rglob("*")) / 1e6
    shutil.rmtree(out)
    return Shared(domain, cells, workers, took, core, client, worker, disk)


def _resident(process) -> tuple[float, list[float]]:
    """Return the MiB of a process and of those that it started."""
    try:
        many = [process, *process.children(recursive=True)]
        own, *others = [one.memory_info().rss / 2**20 for one in many]
    except psutil.NoSuchProcess:  # one has just ended
        return 0.0, [0.0]
    return own, others
