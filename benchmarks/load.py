"""`make load`: many visitors at once on the real server; print what it holds.

Everything happens on this machine (loopback), visitors included: they take a share of its cores.
It ends by itself after some minutes.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from itertools import chain, count
from random import Random

import data
from benchmarks.memory import resident
from benchmarks.serving import served
from benchmarks.targets import Target
from benchmarks.timing import Figure, machine
from benchmarks.visitor import RefusedError, Visitor

SEED = 20
BROWSING, ACTS, THINKING = 50, 12, (3.0, 7.0)  # visitors, acts of each, s between two acts
RERUNNING, RERUNS = 10, 3  # visitors, what-ifs of the region that each asks for
COMING, AT_ONCE = 500, 5  # visitors who open the page and leave, and how many at a time
PATIENCE = 600  # s
LOOPBACK = "127.0.0.1"
FORGETTING = 40  # s after which the server has let go of a page that was closed
READY = "All 8 climates are ready"
BACK = "Back to the region"
RATE = "k_d · Decomposition rate at 0 °C"
CONTROL = Target("a control, moved to answered", "s", 0.5, "p95")
FAIR = Target("what-ifs: the longest wait of a visitor by the mean one", "", 2)
KEPT = Target("memory kept, each page opened and closed", "MiB", 1)
SCENARIOS, LATE = ("RCP4.5", "RCP8.5"), range(2030, 2099)


def main() -> None:
    """Measure what is asked for and print one table."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=__doc__)
    parser.add_argument("--browsing", type=int, default=BROWSING, help="visitors who browse")
    parser.add_argument("--rerunning", type=int, default=RERUNNING, help="who rerun the region")
    parser.add_argument("--coming", type=int, default=COMING, help="who come and leave")
    given = parser.parse_args()
    print(*(f"{key}: {value}" for key, value in machine().items()), sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as folder, served(folder) as (address, _begun, server):
        met = asyncio.run(_load(address.replace("localhost", LOOPBACK), server.pid, given))
    sys.exit(not met)


async def _load(address, server, given) -> bool:
    """Print each part's rows as it ends; return whether all targets are met."""
    first = await _first(address)
    await first.until(lambda page: READY in page.text("status"), PATIENCE)
    met = True
    for part in (
        _browse(address, given.browsing),
        _rerun(address, given.rerunning),
        _come_and_leave(address, given.coming, server),
    ):
        figures = await part
        print(*(figure.row() for figure in figures), sep="\n", flush=True)
        met &= all(not figure.target or figure.target.met(figure.value) for figure in figures)
    return met


async def _first(address) -> Visitor:
    """Open the page once the server shows it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await Visitor.opened(address)
            except (RefusedError, OSError):
                await asyncio.sleep(1)


async def _many(address, number) -> list[Visitor]:
    """Open so many pages, a few at a time, as people come into a room."""
    door = asyncio.Semaphore(AT_ONCE)

    async def one():
        async with door:
            return await Visitor.opened(address)

    return await asyncio.gather(*(one() for _ in range(number)))


async def _left(visitors):
    await asyncio.gather(*(visitor.close() for visitor in visitors))


async def _browse(address, number) -> list[Figure]:
    begun = time.monotonic()
    visitors = await _many(address, number)
    opened = time.monotonic() - begun
    cells = [*zip(*(data.region(0.5)[name].to_numpy() for name in ("lon", "lat")), strict=True)]
    acts = await asyncio.gather(*(_one_browses(v, cells, k) for k, v in enumerate(visitors)))
    faults = [fault for visitor in visitors for fault in visitor.faults]
    await _left(visitors)
    times = [took for of_one in acts for took in of_one]
    return [
        Figure(f"{number} pages opened, {AT_ONCE} at a time", "s", (opened,)),
        _held(CONTROL, times, f"{number} visitors, an act each 5 s; {len(faults)} faults"),
    ]


async def _one_browses(visitor, cells, number) -> list[float]:
    """Play one who looks around: return how long each act took to be answered, in s."""
    random, took = Random(SEED + number), []
    scenario, here, year = 1, None, None
    await asyncio.sleep(random.uniform(0, THINKING[1]))
    for turn in range(ACTS):
        if turn % 4 == 0:
            scenario = 1 - scenario
            took.append(await visitor.choose("Scenario", SCENARIOS[scenario]))
        elif turn % 4 == 1:
            year = random.choice([one for one in LATE if one != year])
            took.append(await visitor.choose("Year", year))
        elif turn % 4 == 2:
            here = random.choice([cell for cell in cells if cell != here])
            took.append(await visitor.tap(*map(float, here)))
        else:
            took.append(await visitor.press(BACK, tells="headline"))
        await asyncio.sleep(random.uniform(*THINKING))
    return took


async def _rerun(address, number) -> list[Figure]:
    visitors, values = await _many(address, number), count(101)
    begun = time.monotonic()
    waits = await asyncio.gather(
        *(_one_reruns(visitor, [next(values) / 100 for _ in range(RERUNS)]) for visitor in visitors)
    )
    whole = time.monotonic() - begun
    await _left(visitors)
    share = sum(map(sum, waits)) / number
    return [
        Figure(f"{number} visitors, {RERUNS} what-ifs of the region each, all done", "s", (whole,)),
        Figure("a what-if of the region among them, press to result", "s", tuple(chain(*waits))),
        _held(FAIR, [max(map(sum, waits)) / share]),
    ]


async def _one_reruns(visitor, values) -> list[float]:
    """Ask for what-ifs of the region, one after another: return how long each took, in s."""
    took = []
    for value in values:
        await visitor.choose(RATE, value, tells="says")
        begun = time.monotonic()
        await visitor.press("Run region")
        await visitor.until(lambda page: "up to date" in page.text("says"), PATIENCE)
        took.append(time.monotonic() - begun)
    return took


async def _come_and_leave(address, number, server) -> list[Figure]:
    """Let visitors come and leave; the first fifth fills what every server keeps."""
    early, held = max(number // 5, 1), 0.0
    for opened in range(0, number, AT_ONCE):
        if opened >= early and not held:
            held = await _settled(server)
        await _left(await _many(address, min(AT_ONCE, number - opened)))
    grown = await _settled(server) - held
    return [
        Figure("memory of the server before them", "MiB", (held,)),
        _held(KEPT, [grown / (number - early)], f"the last {number - early} of {number}"),
    ]


async def _settled(server) -> float:
    """Return the memory of the server [MiB] once it has let go of pages that were closed."""
    await asyncio.sleep(FORGETTING)
    return resident(server)


def _held(target, values, note="") -> Figure:
    return Figure(target.name, target.unit, tuple(values), target, note)


if __name__ == "__main__":
    main()
