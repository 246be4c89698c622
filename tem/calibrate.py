"""Fits of the rate-limiting parameters of an ecosystem to what is observed of it.

What the parameters do to carbon and nitrogen is predicted either for a place at rest under its
mean year (`at_rest`, for the sites of the study) or for the present of whole climates
(`at_present`, for the region). A library optimiser does the fitting, in logarithms.
Source of the procedure: Liu et al., 2.2 (minimal difference between observed and simulated).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

from tem import rest
from tem.columns import PRESENT
from tem.experiment import experiment
from tem.parameters import FIELDS, Parameters
from tem.schema import build
from tem.summary import is_flux, regional_mean

FREE = ("cmax", "kr", "kd", "nmax", "nup")
SOIL = ("soc", "son")  # where the soil starts is a target too
WRITTEN = (*FREE, "cnsoil", *(f"{name}_start" for name in SOIL))  # what a calibration decides
PREDICTED = ("gpp", "npp", "innpp", "rh", "vegc", "soc", "son", "availn")
NUDGE = 1e-4  # step of the logarithms for finite differences
LEAST = 1e-9  # smallest value of a free parameter, whose logarithm is fitted
VAGUE = 0.5  # relative standard deviation from which a parameter is called poorly identified

Prediction = Callable[[Parameters], Mapping[str, float]]


class Target(NamedTuple):
    """What a fit should meet: one of `PREDICTED`, its value and how sure that is."""

    name: str
    value: float
    sd: float


class Fit(NamedTuple):
    """What a fit found, and how well the targets tie it down."""

    parameters: Parameters
    targets: tuple[Target, ...]
    predicted: dict[str, float]  # by the name of the target
    spread: dict[str, float]  # relative standard deviation, by free parameter; inf if unfelt
    correlation: np.ndarray  # [free, free]
    condition: float  # largest over smallest singular value of the sensitivities
    evaluations: int

    @property
    def misfit(self) -> float:
        """Root mean square distance from the targets, in their standard deviations."""
        off = [(self.predicted[t.name] - t.value) / t.sd for t in self.targets]
        return float(np.sqrt(np.mean(np.square(off))))

    def poorly_identified(self) -> tuple[str, ...]:
        """Return the free parameters that the targets leave open."""
        return tuple(name for name, spread in self.spread.items() if spread > VAGUE)


def at_rest(environment) -> Prediction:
    """Return what predicts the cells' mean at rest under the mean year of *environment*."""
    (ecosystem,) = np.unique(environment.ecosystem.values)

    def predict(parameters: Parameters) -> dict[str, float]:
        year = rest.at_rest(environment, {str(ecosystem): parameters})
        mean = regional_mean(year)
        return {
            name: float(mean[name].sum() if is_flux(name) else mean[name][-1]) for name in PREDICTED
        }

    return predict


def at_present(environments: Iterable, ecosystem: str) -> Prediction:
    """Return what predicts the mean of 2006-2015 over climates and cells of one ecosystem."""
    parts = [one.isel(cell=one.ecosystem.values == ecosystem) for one in environments]

    def predict(parameters: Parameters) -> dict[str, float]:
        runs = [experiment(part, {ecosystem: parameters}, runs=("S_T",)) for part in parts]
        means = [regional_mean(run.sel(year=slice(*PRESENT))).mean("year") for run in runs]
        return {name: float(np.mean([mean[name] for mean in means])) for name in PREDICTED}

    return predict


def started_from(parameters: Parameters, targets: Iterable[Target]) -> Parameters:
    """Return *parameters* whose soil starts the spin-up as the *targets* have it.

    Nitrogen is closed, so soil nitrogen ends where it starts; the ratio that mineralisation
    holds on to (cnsoil) is that of the targets.
    """
    known = {target.name: target.value for target in targets}
    starts = {f"{name}_start": known[name] for name in SOIL if name in known}
    found = parameters._replace(**starts)
    return found._replace(cnsoil=found.soc_start / found.son_start)


def fit(
    predict: Prediction,
    parameters: Parameters,
    targets: Iterable[Target],
    free: tuple[str, ...] = FREE,
) -> Fit:
    """Return the *free* parameters that bring what *predict* says nearest to *targets*.

    Distances count in standard deviations of the targets; every parameter stays within its
    declared bounds. Raises ValueError for unknown names, targets without spread, or fewer
    targets than free parameters.
    """
    targets = tuple(targets)
    _check(targets, free)
    least, most = (
        np.array([max(getattr(FIELDS[name].about, end), LEAST) for name in free])
        for end in ("low", "high")
    )
    low, high = np.log(least), np.log(most)
    start = np.log([max(getattr(parameters, name), LEAST) for name in free])

    def at(x) -> Parameters:
        inside = np.clip(np.exp(x), least, most)  # a bound's logarithm may come back beyond it
        values = dict(zip(free, map(float, inside), strict=True))
        return build(Parameters, parameters._asdict() | values, "fit")

    def off(x) -> np.ndarray:
        predicted = predict(at(x))
        return np.array([(predicted[t.name] - t.value) / t.sd for t in targets])

    def slopes(x) -> np.ndarray:
        here = off(x)
        nudges = np.where(x + NUDGE > high, -NUDGE, NUDGE)
        return np.array([(off(x + step) - here) / step.sum() for step in np.diag(nudges)]).T

    found = least_squares(off, np.clip(start, low, high), slopes, (low, high))
    best = at(found.x)
    predicted = predict(best)
    spread, correlation, condition = _identified(found.jac)
    return Fit(
        parameters=best,
        targets=targets,
        predicted={t.name: predicted[t.name] for t in targets},
        spread=dict(zip(free, spread, strict=True)),
        correlation=correlation,
        condition=condition,
        evaluations=int(found.nfev + found.njev * (len(free) + 1)),
    )


def _check(targets, free) -> None:
    unknown = [name for name in free if name not in Parameters._fields]
    unknown += [t.name for t in targets if t.name not in PREDICTED]
    if unknown:
        raise ValueError(
            f"{', '.join(unknown)}: not a parameter or a target; targets are {', '.join(PREDICTED)}"
        )
    for target in targets:
        if not (np.isfinite(target.value) and target.sd > 0):
            raise ValueError(f"target {target}: expected a finite value and a sd above 0")
    if len(targets) < len(free):
        raise ValueError(f"{len(targets)} targets cannot fix {len(free)} parameters")


def _identified(jacobian) -> tuple[list[float], np.ndarray, float]:
    """Return spread, correlation and condition from the sensitivities [target, parameter].

    Rows are in standard deviations of the targets, columns in logarithms of the parameters.
    """
    felt = np.any(jacobian != 0, axis=0)
    covariance = np.diag(np.where(felt, 0.0, np.inf))  # what no target feels may be anything
    both = np.ix_(felt, felt)
    covariance[both] = np.linalg.pinv(jacobian[:, felt].T @ jacobian[:, felt])
    spread = np.sqrt(np.diag(covariance))
    correlation = np.eye(spread.size)
    correlation[both] = covariance[both] / np.outer(spread[felt], spread[felt])
    singular = np.linalg.svd(jacobian, compute_uv=False)
    condition = float(singular[0] / singular[-1]) if singular[-1] > 0 else float("inf")
    return list(map(float, spread)), correlation, condition
