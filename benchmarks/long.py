"""The 0.1° plateau under all climates on the command line: minutes, so only when asked for."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.memory import resident
from benchmarks.timing import Figure, aimed

COMMAND = ["run", "--rcp", "all", "--gcm", "all", "--resolution", "0.1"]
LOOK = 0.2  # s between two looks at the memory


def figures() -> list[Figure]:
    """Return the time and the memory of the whole run, or why it did not come to an end."""
    folder = tempfile.mkdtemp()
    out = str(Path(folder, "plateau.zarr"))
    try:
        began = time.perf_counter()
        run = subprocess.Popen(
            [sys.executable, "-m", "dashboard", *COMMAND, "--out", out],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PERMAFROST_CARBON_STORE": folder},
        )
        try:
            said = []
            reader = threading.Thread(target=lambda: said.extend(run.stderr))
            reader.start()
            most = 0.0
            while run.poll() is None:
                most = max(most, resident(run.pid))
                time.sleep(LOOK)
            took = time.perf_counter() - began
            reader.join()
        finally:
            run.kill()  # where it has not ended by itself
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if run.returncode:
        why = said[-1].strip() if said else f"exit code {run.returncode}"
        return [aimed("fine", note=why), aimed("fine memory")]
    return [aimed("fine", [took / 60]), aimed("fine memory", [most / 1024])]
