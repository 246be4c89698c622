"""What two parameters do to the effect of thaw, on the workers of Dask."""

# %% [markdown]
# # A parameter study on a Dask cluster
#
# How does what thaw exposes hang on two parameters, the shape of carbon with depth (b) and the
# rate of decomposition (kd)? The climate part is worked out once; then each pair of values is a
# task of its own, on whatever workers there are. It needs the extra `cluster`.
#
# A script in cells (py:percent), as `own_climate.py`. For a cluster of many machines name its
# scheduler: `SCHEDULER=tcp://host:8786 python docs/notebooks/parameter_study.py`. Without one
# the workers are threads of this process: the model's kernels run side by side in them.

# %%
import os
from itertools import product
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt
import numpy as np
from distributed import Client

import data
import tem

CELLS, KIND = 12, "Meadow"
SHAPES = (0.2, 0.4, 0.6, 0.8, 1.0)  # b
RATES = (0.8, 1.0, 1.2)  # times the default kd

address = os.environ.get("SCHEDULER")
client = Client(address) if address else Client(
    processes=False, n_workers=2, threads_per_worker=1, dashboard_address=None
)  # fmt: skip
print(client)

# %% [markdown]
# ## Once: what the climate permits
#
# A future is a promise of a result that stays on the workers. One thread for each task is enough:
# there are many tasks.


# %%
def surroundings(cells):
    """Return the environment of some *cells* of the plateau in one climate."""
    region = data.region(0.5).isel(cell=cells)
    climate = data.climate(region, "rcp85", "HadGEM2-ES")
    return tem.environment(region, climate, workers=1)


of = data.region(0.5).ecosystem.to_numpy()
environment = client.submit(surroundings, np.flatnonzero(of == KIND)[:CELLS])

# %% [markdown]
# ## Many times: what life makes of it
#
# `Meadow.b=0.6` sets a parameter, `kd*=1.2` scales it; every value is held against its bounds.


# %%
def effect_of_thaw(pair, environment):
    """Return what thaw does to carbon by 2099 for one pair of values, g m-2 (area mean)."""
    shape, rate = pair
    edits = [f"{KIND}.b={shape}", f"{KIND}.kd*={rate}"]
    effect = tem.summary.difference(tem.experiment(environment, edits, workers=1))
    last = tem.summary.regional_mean(effect).isel(year=-1)
    flows = tem.summary.regional_mean(tem.summary.cumulative(effect)).isel(year=-1)
    return {"soc": float(last.soc), "vegc": float(last.vegc), "nep": float(flows.nep)}


pairs = list(product(SHAPES, RATES))
futures = client.map(effect_of_thaw, pairs, environment=environment)
found = dict(zip(pairs, client.gather(futures), strict=True))
for (shape, rate), effect in found.items():
    print(f"b = {shape:.1f}, kd × {rate:.1f}: ", *(f"{k} {v:+9.1f}" for k, v in effect.items()))
client.close()

# %% [markdown]
# ## Draw

# %%
folder = Path(mkdtemp(prefix="parameter-study-"))
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
labels = {
    "soc": "soil carbon, S_T − S_R, 2099 (g C m⁻²)",
    "nep": "uptake since 2020, S_T − S_R (g C m⁻²)",
}
for axis, (name, label) in zip(axes, labels.items(), strict=True):
    for rate, marker in zip(RATES, "sox", strict=True):
        values = [found[shape, rate][name] for shape in SHAPES]
        axis.plot(SHAPES, values, marker=marker, label=f"kd × {rate}")
    axis.set(xlabel="b", ylabel=label)
axes[0].legend(frameon=False)
figure.savefig(folder / "parameter_study.png", dpi=150)
print(f"drawn: {folder / 'parameter_study.png'}")
plt.show()
