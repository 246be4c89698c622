"""Fits in the region: what they are held against, and that the kept table is one of them."""

import numpy as np
import pytest

import data
import tem
from dashboard import calibration
from tem.calibrate import FREE

AWAY = 1.2  # the fit starts a fifth off


@pytest.fixture
def fewest(monkeypatch):
    """Let the region be the cells of its smallest ecosystem, which know of no others."""
    region = data.region()
    names, counts = np.unique(region.ecosystem.values, return_counts=True)
    name = str(names[counts.argmin()])
    few = region.isel(cell=region.ecosystem.values == name)
    monkeypatch.setattr(data, "region", lambda *_choices: few)
    return name


@pytest.mark.slow
def test_the_kept_table_is_what_a_fit_in_the_region_finds(fewest, monkeypatch):
    """tem/calibrated.toml is made, not typed: from elsewhere the fit returns to it."""
    kept = tem.ecosystems()[fewest]
    away = kept._replace(**{name: AWAY * getattr(kept, name) for name in FREE})
    monkeypatch.setattr(tem, "ecosystems", lambda: {fewest: away})
    found = calibration.calibrate(fewest, data.REGION)
    for name, value in calibration.written(found).items():
        assert value == pytest.approx(getattr(kept, name), rel=5e-3), name


def test_confidence_is_told_for_every_target():
    told = calibration.confidence("Meadow", "Zoige")
    assert {name for name, how in told.items() if how == "published"} == {"soc", "son"}
    assert set(told.values()) <= {"published", "recalled", "derived", "assumed"}


def test_places_are_the_site_of_an_ecosystem_and_the_region():
    assert calibration.places("Meadow") == ("Zoige", data.REGION)
    assert calibration.places("Forest") == (data.REGION,)
