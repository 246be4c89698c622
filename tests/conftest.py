"""What tests of the command line and of the page share."""

import numpy as np
import pytest
import xarray as xr

import data


@pytest.fixture(scope="session")
def few():
    """The first two cells of each ecosystem of the region."""
    region = data.region(0.5)
    of = region.ecosystem.to_numpy()
    return region.isel(cell=np.concatenate([np.flatnonzero(of == k)[:2] for k in set(of)]))


NOT_THERE = (
    "missing the following attributes:: standard_name", "vertical", "naming_authority",
    "creator_url", "creator_email", "publisher_url", "publisher_email", "cell (A)",
)  # fmt: skip


@pytest.fixture
def complaints(tmp_path):
    """What compliance-checker has against a file or Zarr store, by convention; offline.

    Left out is what it merely suggests (instruments, contributors, programmes) and what there is
    not: a name of CF for a difference, addresses, a depth, a place for cells in the order T Z Y X.
    """
    suites = pytest.importorskip("compliance_checker.suite", reason="compliance-checker is missing")
    suites.CheckSuite.load_all_available_checkers()

    def asked(path):
        if path.suffix != ".nc":
            path = as_netcdf(path, tmp_path / "checked.nc")
        suite = suites.CheckSuite()
        with suite.load_dataset(str(path)) as dataset:
            found = suite.run_all(dataset, ["cf:1.11", "acdd:1.3"])
        assert not any(faults for _, faults in found.values())  # of the checker itself
        asks = suites.BaseCheck.LOW  # from this weight on it suggests only
        return {
            name: {
                said
                for one in results
                for said in told(one)
                if one.weight > asks and not any(word in said for word in NOT_THERE)
            }
            for name, (results, _) in found.items()
        }

    return asked


def told(one):
    """Yield what a result of the checker says, and those that it is made of."""
    good, of = (one.value, True) if isinstance(one.value, bool) else one.value or (1, 1)
    if good != of:
        yield from (f"{one.name}: {message}" for message in one.msgs or ())
    for part in one.children or ():
        yield from told(part)


def as_netcdf(path, to):
    """Write what a Zarr store holds as it is, attributes and all, for a checker of NetCDF."""
    found = xr.open_dataset(path, engine="zarr", decode_cf=False, consolidated=False).load()
    found = found.drop_encoding()
    for array in found.variables.values():
        array.encoding["_FillValue"] = array.attrs.pop("_FillValue", None)
    found.to_netcdf(to)
    return to
