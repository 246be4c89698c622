"""Fits of the rates: they find what is there to be found, and say what is not."""

import numpy as np
import pytest

import data
import tem
from tem.calibrate import FREE, PREDICTED, Target, at_present, at_rest, fit, started_from
from tem.parameters import Parameters
from tem.schema import fields

SITES = ("Zoige", "NamCo", "Haibei")


@pytest.fixture(scope="module")
def predict():
    """Return what predicts Zoige at rest."""
    return at_rest(tem.environment(*data.site("Zoige")))


@pytest.fixture(scope="module")
def zoige():
    return tem.sites()["Zoige"][1]


def observed(predict, parameters, sd=0.05):
    """Return as targets what the model itself gives."""
    return [Target(name, value, sd * value) for name, value in predict(parameters).items()]


def test_rates_are_found_again(predict, zoige):
    """Targets made with known rates lead back to them from elsewhere."""
    hidden = zoige._replace(cmax=520.0, kr=0.03, kd=0.0011, nmax=40.0, nup=7.0)
    found = fit(predict, zoige, observed(predict, hidden))
    for name in FREE:
        assert getattr(found.parameters, name) == pytest.approx(getattr(hidden, name), rel=1e-3)
    assert found.misfit < 1e-3


def test_what_is_not_fitted_stays(predict, zoige):
    found = fit(predict, zoige, observed(predict, zoige._replace(kd=0.001)))
    for name in set(zoige._fields) - set(FREE):
        assert getattr(found.parameters, name) == getattr(zoige, name)


def test_surer_targets_make_surer_parameters(predict, zoige):
    loose, tight = (fit(predict, zoige, observed(predict, zoige, sd)) for sd in (0.2, 0.02))
    for name in FREE:
        assert tight.spread[name] == pytest.approx(loose.spread[name] / 10, rel=0.01)
    assert loose.condition == pytest.approx(tight.condition, rel=1e-3)
    assert np.allclose(np.diag(tight.correlation), 1)


def test_what_carbon_alone_cannot_tell_is_called_poorly_identified(predict, zoige):
    """Uptake and immobilisation of nitrogen can make up for each other unseen."""
    carbon = [t for t in observed(predict, zoige) if t.name in {"soc", "gpp", "innpp"}]
    found = fit(predict, zoige, carbon, free=("kd", "nup", "nmax"))
    assert set(found.poorly_identified()) == {"nup", "nmax"}
    assert found.correlation[1, 2] > 0.99
    assert found.condition > 1000


def line(**slopes):
    """Return what predicts gpp, npp and rh, straight lines of the parameters in *slopes*."""

    def predict(parameters):
        bounds = {field.name: field.about for field in fields(Parameters)}
        for name in slopes:
            value = getattr(parameters, name)
            assert bounds[name].low <= value <= bounds[name].high, f"{name} = {value}"
        values = [k * getattr(parameters, name) for name, k in slopes.items()]
        return {"gpp": sum(values), "npp": values[0], "rh": values[-1]}

    return predict


@pytest.mark.parametrize("start", [0.1, 1.0])  # shares of the upper bound
@pytest.mark.parametrize(("aim", "found"), [(9000.0, 3000.0), (2000.0, 2000.0)])
def test_a_fit_stays_within_bounds(zoige, start, aim, found):
    """cmax may be at most 3000: at the bound slopes are taken backward."""
    targets = [Target("npp", aim, 500.0), Target("rh", 0.02, 0.001)]
    away = zoige._replace(cmax=3000.0 * start, kd=0.05)
    best = fit(line(cmax=1.0, kd=1.0), away, targets, free=("cmax", "kd"))
    assert best.parameters.cmax == pytest.approx(found, rel=1e-3)
    assert best.parameters.kd == pytest.approx(0.02, rel=1e-3)
    assert np.isfinite(list(best.spread.values())).all()


def test_what_no_target_feels_is_poorly_identified(zoige):
    targets = [Target("npp", 500.0, 5.0), Target("rh", 0.02, 0.001), Target("gpp", 500.0, 5.0)]
    found = fit(line(cmax=1.0, kd=1.0), zoige, targets, free=("cmax", "nup", "kd"))
    assert found.spread["nup"] == np.inf
    assert found.poorly_identified() == ("nup",)
    assert found.condition == np.inf
    assert np.array_equal(found.correlation[1], [0, 1, 0])
    assert max(found.spread["cmax"], found.spread["kd"]) < 0.1


@pytest.mark.parametrize("site", SITES)
def test_the_kept_table_is_what_a_fit_finds(site):
    """tem/calibrated.toml is made, not typed: from 20 % off the fit returns to it."""
    ecosystem, kept = tem.sites()[site]
    rows = data.calibration_targets(site, ecosystem)
    targets = [Target(*row) for row in zip(rows.quantity, rows.value, rows.sd, strict=True)]
    away = kept._replace(**{name: 1.2 * getattr(kept, name) for name in FREE})
    found = fit(at_rest(tem.environment(*data.site(site))), started_from(away, targets), targets)
    for name in FREE:
        assert getattr(found.parameters, name) == pytest.approx(getattr(kept, name), rel=5e-3)
    assert found.misfit < 0.15
    for name in ("soc", "son"):  # Table S2
        target = next(t for t in targets if t.name == name)
        assert found.predicted[name] == pytest.approx(target.value, rel=0.02)


def test_the_present_is_a_mean_over_climates_and_cells(environment):
    predict = at_present([environment, environment], "Meadow")
    yearly = tem.experiment(environment.isel(cell=environment.ecosystem.values == "Meadow"))
    now = yearly.sel(run="S_T", year=slice(2006, 2015)).mean("year").isel(cell=0)
    found = predict(tem.ecosystems()["Meadow"])
    for name in PREDICTED:
        assert found[name] == pytest.approx(float(now[name]))


def test_the_start_is_a_target_too(zoige):
    started = started_from(zoige, [Target("soc", 12000.0, 1.0), Target("son", 800.0, 1.0)])
    assert (started.soc_start, started.son_start, started.cnsoil) == (12000, 800, 15)


@pytest.mark.parametrize(
    ("targets", "free", "words"),
    [
        ([Target("soc", 1.0, 1.0)], ("kd", "kr"), "1 targets cannot fix 2 parameters"),
        ([Target("soc", 1.0, 0.0)], ("kd",), "sd above 0"),
        ([Target("soc", float("nan"), 1.0)], ("kd",), "finite value"),
        ([Target("moss", 1.0, 1.0)], ("kd",), "moss: not a parameter or a target"),
        ([Target("soc", 1.0, 1.0)], ("speed",), "speed: not a parameter or a target"),
    ],
)
def test_a_fit_says_what_is_wrong(predict, zoige, targets, free, words):
    with pytest.raises(ValueError, match=words):
        fit(predict, zoige, targets, free)
