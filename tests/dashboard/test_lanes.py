import os
import subprocess
import sys

import pytest

from dashboard.lanes import GIVING_WAY


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads share one priority")
@pytest.mark.parametrize("nice", [0, GIVING_WAY + 5])
def test_a_quiet_job_is_done_and_never_less_nice_than_its_process(nice):
    job = "quietly(lambda: print(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))"
    here = os.getpriority(os.PRIO_PROCESS, 0)
    said = subprocess.run(
        ["nice", "-n", str(nice), sys.executable, "-c",
         f"import os, threading; from dashboard.lanes import quietly; {job}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(said.stdout) == max(GIVING_WAY, min(here + nice, 19))
