"""Imports go one way: `data` and `tem` know nothing of ours, `dashboard` may know both."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"tem", "data", "dashboard"}
SCREENS = {"panel", "panel_material_ui", "bokeh", "holoviews", "geoviews", "hvplot", "param"}
SCREENS |= {"matplotlib", "cartopy", "colorcet"}
KEEPER = "sealed.py"  # keeps compiled code for Numba, and no data
READERS = {"open", "open_dataset", "open_dataarray", "open_mfdataset", "open_zarr", "loadtxt"}
READERS |= {"to_netcdf", "to_zarr", "read_csv", "to_csv", "save", "savez", "load", "urlopen"}


def modules(package):
    return sorted((ROOT / package).rglob("*.py"))


def imported(path):
    """Return the top-level names a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
            assert node.level == 0, f"{path}: a relative import hides where it points"
    return names


def called(path):
    """Return the last words of all that a file calls."""
    calls = (
        n.func for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)
    )
    return {c.attr if isinstance(c, ast.Attribute) else getattr(c, "id", "") for c in calls}


@pytest.mark.parametrize("package", ["data", "tem"])
def test_there_is_something_to_look_at(package):
    assert len(modules(package)) > 5


@pytest.mark.parametrize("package", ["data", "tem"])
def test_data_and_model_import_nothing_of_ours(package):
    found = {path.name: imported(path) & (OURS - {package}) for path in modules(package)}
    assert not {name: names for name, names in found.items() if names}


def test_the_model_knows_no_screen():
    found = {path.name: imported(path) & SCREENS for path in modules("tem")}
    assert not {name: names for name, names in found.items() if names}


def test_the_model_opens_no_file():
    found = {p.name: called(p) & READERS for p in modules("tem") if p.name != KEEPER}
    assert not {name: names for name, names in found.items() if names}


def test_the_model_reads_only_its_own_table_and_source():
    reading = {p.name for p in modules("tem") if called(p) & {"read_text", "read_bytes"}}
    # the cache's name; ecosystems.toml
    assert reading - {KEEPER} == {"__init__.py", "parameters.py"}
    assert not any(called(path) & {"write_text", "write_bytes", "mkdir"} for path in modules("tem"))
