"""How climate and land of my own become a region, run and drawn."""

# %% [markdown]
# # My own climate files on the plateau
#
# From files of climate and land to what thaw does to carbon: prepare, run, draw. The files here
# are examples that the project writes itself (a corner of the embedded plateau, as climate centres
# and map makers would deliver it). Put yours in their place: `docs/data.md` says what is accepted.
#
# A script in cells (py:percent): it opens as a notebook in Jupyter (with Jupytext), VS Code,
# Spyder or PyCharm, and runs as it is with `python docs/notebooks/own_climate.py`.

# %%
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt

import data
import tem
from data import example
from data.prepare import prepare

folder = Path(mkdtemp(prefix="own-climate-"))
config = example.write(folder / "corner")
print(*sorted(path.name for path in config.parent.iterdir()), sep="\n")

# %% [markdown]
# The configuration names every file and explains itself. Here one model has a calendar of 360
# days and a series in two files, as HadGEM2-ES does; the other has no leap days.

# %%
print(config.read_text("utf-8"))

# %% [markdown]
# ## Prepare
#
# Every variable is read, checked value by value, converted and mapped onto the cells. What was
# found is told; a fault would end here, with file, variable, place and value.

# %%
path = prepare(config, folder / "corner.zarr", told=lambda lines: print(*lines, sep="\n"))
region = data.prepared_region(path)
rcps, gcms = data.climates_of(region)
print(region)

# %% [markdown]
# ## Run
#
# Stage 1 works out what the climate permits, stage 2 what life makes of it: in S_T thaw follows
# the climate, in S_R it stays as in 2020. The difference is the effect of thaw.


# %%
def effect_of_thaw(gcm):
    """Return S_T - S_R of every variable under RCP8.5 [year, cell]."""
    environment = tem.environment(region, data.climate(region, "rcp85", gcm))
    return tem.summary.difference(tem.experiment(environment))


effect = tem.summary.ensemble({gcm: effect_of_thaw(gcm) for gcm in gcms})
total = tem.summary.regional_total(effect)
mean, sd = tem.summary.spread(total)
print(f"soil carbon by 2099: {float(mean.soc[-1]):+.3f} ± {float(sd.soc[-1]):.3f} Pg")

# %% [markdown]
# ## Draw

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
change = effect.soc.mean("gcm").sel(year=2099) / 1000
dots = left.scatter(region.lon, region.lat, c=change, s=120, marker="s", cmap="viridis")
figure.colorbar(dots, ax=left, label="soil carbon, S_T − S_R, 2099 (kg C m⁻²)")
left.set(xlabel="longitude (°E)", ylabel="latitude (°N)")
for gcm in gcms:
    right.plot(total.year, total.soc.sel(gcm=gcm), label=gcm)
right.set(xlabel="year", ylabel="soil carbon, S_T − S_R (Pg C)")
right.legend(frameon=False)
figure.savefig(folder / "own_climate.png", dpi=150)
print(f"drawn: {folder / 'own_climate.png'}")
plt.show()

# %% [markdown]
# The same region opens on the page, and runs on the command line, where the result goes to a file:
#
# ```sh
# permafrost-carbon serve --region corner.zarr
# permafrost-carbon run --region corner.zarr --rcp all --gcm all --out result.zarr --workers 4
# ```
