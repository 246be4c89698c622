"""docs/speed.md is filled from the record, and only with what was measured."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import in_order
from benchmarks.document import PAGE, TABLES, filled
from benchmarks.timing import Figure, aimed

MACHINE = dict.fromkeys(
    ("processor", "cores", "load", "python", "numba", "llvmlite", "numpy", "xarray", "bokeh"), "x"
)


@pytest.fixture
def record():
    figures = [*in_order([aimed("cell", [4.0, 4.5, 6.0])]), Figure("NumPy", "µs", (1.0,))]
    told = {
        "time": "2026-01-02T03:04", "machine": MACHINE, "figures": [f.record() for f in figures],
    }  # fmt: skip
    return json.loads(json.dumps(told))


def block(name, text="old"):
    return f"before\n<!-- figures: {name} -->\n{text}\n<!-- end -->\nafter\n"


def test_targets(record):
    text = filled(block("targets"), record)
    assert "| cell what-if, model part | ≤ 5 ms | 4.5 (median) | 4–6 | 3 | met |" in text
    assert "not measured" in text
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("<!-- end -->\nafter\n")


def test_filling_twice_changes_nothing(record):
    once = filled(block("targets"), record)
    assert filled(once, record) == once


@pytest.mark.parametrize("name", ["roofline", "ceilings", "scaling", "ours", "cluster"])
def test_what_was_not_measured_stays(record, name):
    assert filled(block(name), record) == block(name)


def test_runs_in_several_processes(record):
    run = {
        "domain": "ring", "cells": 4000, "workers": 2, "seconds": 30.0, "core_seconds": 50.0,
        "client": 250.0, "worker": 500.4, "result": 81.0,
    }  # fmt: skip
    text = filled(block("cluster"), record | {"cluster": [run, run | {"workers": 0}]})
    assert "| ring | 4,000 | 2 | 30 | 50 | 12.5 | 250 | 500 | 81 |" in text
    assert "| ring | 4,000 | none | 30 | 50 | 12.5 | 250 | – | 81 |" in text


def test_an_unknown_table_is_named(record):
    with pytest.raises(ValueError, match="there is no table 'moss'"):
        filled(block("moss"), record)


def test_every_table_has_its_place():
    text = PAGE.read_text("utf-8")
    for name in TABLES:
        assert f"<!-- figures: {name} -->" in text


def test_the_picture_is_there():
    assert (Path(PAGE).parent / "../benchmarks/scaling.svg").exists()
