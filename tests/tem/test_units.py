"""Every equation with its units switched on: what comes out is what the signature says.

Carbon and nitrogen are dimensions of their own, so that one cannot pass for the other. The
month's `flow`, `reach` and `count` run with units too, in a process without compilation.
"""

import inspect
import os
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import get_args, get_type_hints

import numba
import numpy as np
import pint
import pytest

from tem import ecosystem, heat, light, permafrost, soil, surface, vegetation, water
from tem.parameters import Parameters
from tem.schema import fields
from tem.variables import Fluxes, Pools

MODULES = [heat, surface, water, light, vegetation, soil, permafrost]
SEVERAL = {"agree", "saturations"}  # return several things; checked as part of `flow`
COMPILED = not numba.config.DISABLE_JIT

UNITS = pint.UnitRegistry()
UNITS.define("gC = [carbon]")
UNITS.define("gN = [nitrogen]")
UNITS.define("month = year / 12")
UNITS.define("per_hundred = [per_hundred]")  # what pint's own percent is not: unlike a share


def quantity(value, unit):
    """Return *value* in a unit spelled as CF does, degrees as differences."""
    known = unit.replace("degC", "delta_degC").replace("percent", "per_hundred")
    spelled = re.sub(r"(?<=[A-Za-z])(-?\d+)", r"**\1", known)
    spelled = re.sub(r"\s+", "*", spelled.strip())
    return UNITS.Quantity(value, "" if spelled == "1" else spelled)


def unit_of(hint):
    """Return the unit of an annotation, None if it has none (a truth value, an array)."""
    arguments = get_args(hint)
    return arguments[1] if len(arguments) > 1 and isinstance(arguments[1], str) else None


def plain(function):
    return getattr(function, "py_func", function)


def equations():
    for module in MODULES:
        for name, function in vars(module).items():
            source = plain(function)
            if not inspect.isfunction(source) or source.__module__ != module.__name__:
                continue
            hints = get_type_hints(source, include_extras=True)
            if unit_of(hints.get("return")) and name not in SEVERAL:
                yield pytest.param(module, source, hints, id=f"{module.__name__}.{name}")


def as_bare(pick):
    """Return min or max for quantities: a bare 0 stands for none of whatever the others are."""

    def picked(*values):
        carrying = [v for v in values if isinstance(v, UNITS.Quantity)]
        if not carrying:
            return pick(values)
        unit = carrying[0].units
        bare = [v for v in values if not isinstance(v, UNITS.Quantity)]
        assert all(v == 0 for v in bare) or carrying[0].dimensionless, f"{bare} beside a {unit}"
        same = [v if isinstance(v, UNITS.Quantity) else UNITS.Quantity(v, unit) for v in values]
        return pick(same, key=lambda q: q.to(unit).magnitude)  # fails between unlike units

    return picked


@pytest.fixture
def carry(monkeypatch):
    """Let the constants of the modules carry their units, and min and max understand them."""
    for module in [*MODULES, ecosystem]:
        for name, hint in get_type_hints(module, include_extras=True).items():
            if unit_of(hint):
                monkeypatch.setattr(module, name, quantity(getattr(module, name), unit_of(hint)))
        monkeypatch.setattr(module, "max", as_bare(max), raising=False)
        monkeypatch.setattr(module, "min", as_bare(min), raising=False)
        if hasattr(module, "exp"):
            monkeypatch.setattr(module, "exp", np.exp)
        for function in vars(module).values():  # equations call each other
            if hasattr(function, "py_func"):
                for caller in MODULES:
                    if getattr(caller, function.__name__, None) is function:
                        monkeypatch.setattr(caller, function.__name__, function.py_func)


@pytest.mark.parametrize(("module", "equation", "hints"), list(equations()))
@pytest.mark.parametrize("value", [0.4, 1.7, 6.0])
def test_a_unit_comes_out_as_declared(carry, module, equation, hints, value):
    declared = unit_of(hints["return"])
    given = {}
    for k, name in enumerate(inspect.signature(equation).parameters):
        unit = unit_of(hints.get(name))  # a truth value has none
        given[name] = quantity(value * (1 + 0.1 * k), unit) if unit else True
    found = equation(**given)
    assert is_like(found, declared), f"{found} is no {declared}"


def is_like(found, declared):
    """Return whether a number is of the declared unit; a bare one is of none."""
    if not isinstance(found, UNITS.Quantity):
        return quantity(1, declared).dimensionless
    return found.is_compatible_with(quantity(1, declared).units)


def test_units_that_look_alike_are_told_apart():
    assert not is_like(1, "m")
    assert not is_like(0, "gC m-2")
    assert not is_like(quantity(1, "percent"), "1")
    assert not is_like(quantity(1, "gN m-2"), "gC m-2")
    assert is_like(0.3, "1")


def test_there_is_much_to_check():
    assert len(list(equations())) > 35


def test_every_constant_of_an_equation_has_a_unit():
    for module in MODULES:
        source = inspect.getsource(module)
        bare = re.findall(r"^([A-Z][A-Z_]+) = -?[\d.]", source, re.MULTILINE)
        assert not bare, f"{module.__name__}: {bare}"


@pytest.mark.skipif(COMPILED, reason="runs in a process of its own, see below")
@pytest.mark.parametrize("labile", [0.01, 2.0, 40.0])  # nitrogen short, enough, in plenty
def test_the_flow_of_a_month_has_the_units_of_its_pools(carry, labile):
    amounts = {"vegc": 900.0, "vegns": 25.0, "vegnl": labile, "soc": 9000, "son": 800, "availn": 2}
    pools = {f.name: quantity(amounts[f.name], f.unit) for f in fields(Pools)}
    p = Parameters(
        **{f.name: quantity(Parameters._field_defaults[f.name], f.unit) for f in fields(Parameters)}
    )
    sky = {"production": 0.3, "plant_warmth": 2, "decomposition": 2e-3, "diffusion": 1e-4,
           "beyond_roots": 0.1}  # fmt: skip
    hints = get_type_hints(ecosystem.Sky, include_extras=True)
    month = quantity(0.5, "month")
    place = SimpleNamespace(
        pools=side_by_side(pools), at=side_by_side(pools), moved=side_by_side(empty(Pools)),
        sky=side_by_side({k: quantity(v, unit_of(hints[k])) for k, v in sky.items()}),
        flux=side_by_side(empty(Fluxes)), year=side_by_side(empty(Fluxes, month)),
        aside=side_by_side(dict.fromkeys(("foliage", "maintenance", "uptake", "share"))),
        pace=side_by_side({"step": month}),
    )  # fmt: skip
    ecosystem.flow(place, 1, 1.0, p)
    for field in fields(Fluxes):
        found = getattr(place.flux, field.name)
        if not isinstance(found[0], UNITS.Quantity) and found[0] == 0:
            found[0] = quantity(0.0, field.unit)  # a bare 0 is none of anything
        assert is_like(found[0], field.unit), field.name
    ecosystem.reach(place, 1, 0.5)
    ecosystem.count(place, 1, 1.0)
    for field in fields(Fluxes):
        total = getattr(place.year, field.name)[0]
        assert total.is_compatible_with(quantity(1, field.unit) * month), field.name
    for field in fields(Pools):
        for lanes in (place.at, place.moved):
            assert is_like(getattr(lanes, field.name)[0], field.unit), field.name


def side_by_side(values):
    """Return what stands in for a record of lanes, with one lane in use."""
    return SimpleNamespace(**{name: [value] for name, value in values.items()})


def empty(schema, during=1.0):
    """Return nothing of each quantity of a schema, or what flows of it *during* some time."""
    return {f.name: quantity(0.0, f.unit) * during for f in fields(schema)}


@pytest.mark.skipif(not COMPILED, reason="this is the process without compilation")
def test_the_flow_of_a_month_has_units_without_compilation():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", __file__, "-k", "flow_of_a_month_has_the_units",
         "-p", "no:cacheprovider"],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert "3 passed" in done.stdout
