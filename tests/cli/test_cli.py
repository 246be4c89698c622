"""The command line: what it prints, what it writes and what it refuses.

The model is the real one, on a few cells of the real region.
"""

import json
import socket
import subprocess
import sys
import tomllib
from functools import cache
from hashlib import sha256

import numpy as np
import pytest

import data
import tem
from dashboard import calibration, lines, parameter_table
from dashboard.guard import HOME
from data.store import read_result
from tem.experiment import SINCE
from tem.parameters import FIELDS
from tem.sensitivity import OUTPUTS

NOT_GCM = "not GCM output"


@pytest.fixture(scope="module")
def expected(few):
    """What the model gives for the few cells in a climate, without store or command line."""

    @cache
    def yearly(rcp, gcm):
        return tem.experiment(tem.environment(few, data.climate(few, rcp, gcm)))

    return yearly


# --- help ---


def test_help_comes_before_any_heavy_package():
    code = (
        "import sys, dashboard.cli\n"
        "try: dashboard.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'numba', 'panel', 'xarray'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert {"serve", "run", "cell", "validate"} <= set(said.stdout.split())


@pytest.mark.parametrize("command", ["run", "cell"])
def test_help_lists_every_declared_parameter(say, command):
    code, out, _ = say(command, "--help")
    assert code == 0
    listed = {line.split()[0]: line for line in out.split("parameters:")[1].splitlines() if line}
    for name, unit, about in FIELDS.values():
        assert unit in listed[name]
        assert about.label in listed[name]
        assert f"{about.low:g} to {about.high:g}" in listed[name]


@pytest.mark.parametrize(
    ("command", "known"),
    [
        ("run", [*data.RCPS, *data.GCMS, *data.ECOSYSTEMS, *SINCE]),
        ("calibrate", [*data.ECOSYSTEMS, *tem.sites()]),
        ("sensitivity", [*data.GCMS, "ecosystem, climate, ground"]),
    ],
)
def test_help_lists_what_may_be_chosen(say, command, known):
    _, out, _ = say(command, "--help")
    assert all(word in out for word in known)


def test_module_is_the_command():
    said = subprocess.run(
        [sys.executable, "-m", "dashboard", "--help"], capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("usage: permafrost-carbon")


# --- bad input ---


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), ["COMMAND"]),
        (("melt",), ["melt", "validate"]),
        (("run", "--rcp", "rcp26"), ["rcp26", "rcp45, rcp85"]),
        (("run", "--gcm", "MIROC"), ["MIROC", "MIROC5", "ensemble", "all"]),
        (("cell", "--lat", "33", "--lon", "93", "--gcm", "ensemble"), ["ensemble", "MIROC5"]),
        (("run", "--resolution", "7"), ["--resolution", "7", "0.1", "0.5"]),
        (("run", "--resolution", "fine"), ["--resolution", "fine", "0.1", "0.5"]),
        (("run", "--set", "b"), ["'b'", "name=value"]),
        (("run", "--set", "Taiga.b=1"), ["Taiga", "Meadow"]),
        (("run", "--set", "beta=1"), ["beta", "kd"]),
        (("run", "--set", "kd=99"), ["kd=99", "month-1", "[0, 0.05]"]),
        (("run", "--set", "kd=nan"), ["kd=nan", "finite"]),
        (("run", "--since", "2010"), ["2010", "spin-up", "2020"]),
        (("run", "--since", "2020", "--set", "k_frozen_1=1"), ["k_frozen_1", "ground", "2020"]),
        (("sensitivity", "--stage", "sky"), ["sky", "ecosystem, climate, ground, all"]),
        (("run", "--parameters", "no-such.toml"), ["no-such.toml"]),
        (("run", "--out", "result.csv"), ["result.csv", ".nc or .zarr"]),
        (("run", "--rcp", "all", "--out", "all.nc"), ["all.nc", "one RCP", ".zarr"]),
        (("cell", "--lat", "33", "--lon", "93", "--rcp", "all"), ["all", "rcp45, rcp85"]),
        (("run", "--out", "/no/such/place/result.nc"), ["/no/such/place"]),
        (("cell", "--lat", "91", "--lon", "93"), ["--lat", "91", "-90", "90"]),
        (("cell", "--lat", "33"), ["--lon"]),
        (("serve", "--port", "99999"), ["--port", "99999", "65535"]),
        (("serve", "--port", "http"), ["--port", "http", "65535"]),
    ],
)
def test_bad_input_is_answered_by_one_sentence_that_says_what_is_allowed(say, words, named):
    code, out, err = say(*words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    for word in named:
        assert word in err


def test_a_point_outside_permafrost_is_refused_with_the_nearest_cell(say, few):
    south, lon = float(few.lat.min()) - 2, float(few.lon[0])
    code, _, err = say("cell", "--lat", str(south), "--lon", str(lon))
    assert code == 2
    assert "no permafrost cell" in err
    words = err.split()
    nearest = [float(words[words.index(flag) + 1]) for flag in ("--lat", "--lon")]
    assert nearest in np.transpose([few.lat.values, few.lon.values]).tolist()
    assert say("cell", "--lat", str(nearest[0]), "--lon", str(nearest[1]))[0] == 0


def test_a_missing_texture_file_is_named(say, monkeypatch):
    monkeypatch.undo()
    code, _, err = say("run", "--texture", "no-sand.nc", "no-silt.nc")
    assert code == 2
    assert "no-sand.nc" in err


def test_ctrl_c_ends_with_130_and_no_traceback(say, monkeypatch):
    def interrupted(*_args, **_choices):
        raise KeyboardInterrupt

    monkeypatch.setattr(tem, "experiment", interrupted)
    code, _, err = say("run")
    assert code == 130
    assert "Traceback" not in err


@pytest.mark.parametrize("lines_printed", [1, 10_000])
def test_a_reader_that_leaves_early_is_no_fault(lines_printed):
    code = (
        "import sys, dashboard.cli as cli\n"
        f"cli.commands.validate = lambda _: print('line\\n' * {lines_printed})\n"
        "sys.stdin.read()\n"
        "sys.exit(cli.main(['validate']))"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=pipe, stdout=pipe, stderr=pipe
    ) as process:
        process.stdout.close()
        process.stdin.close()  # only now it prints
        assert process.stderr.read() == b""
    assert process.returncode == 0


# --- run ---


def test_run_writes_what_the_model_gives_for_the_edits(say, few, tmp_path):
    path = tmp_path / "result.nc"
    edits = ["Meadow.b=0.6", "kd*=1.2"]
    code, out, _ = say(
        "run", "--rcp", "RCP4.5", "--gcm", "miroc5", "--since", "2020",
        "--set", edits[0], "--set", edits[1], "--out", str(path),
    )  # fmt: skip
    assert code == 0
    assert str(path) in out
    assert NOT_GCM in out
    climate = data.climate(few, "rcp45", "MIROC5")
    model = tem.experiment(tem.environment(few, climate), edits, since="2020")
    with read_result(path) as found:
        for name in model:
            np.testing.assert_array_equal(found[name], model[name])
        assert json.loads(found.attrs["edits"]) == edits
        assert found.attrs["model_source_hash"] == tem.source_hash
        assert "numba" in json.loads(found.attrs["versions"])
        assert NOT_GCM in found.attrs["summary"]
        assert "--rcp RCP4.5" in found.attrs["history"]


def test_summary_of_a_run_is_the_effect_of_thaw_in_2099(say, few, expected):
    code, out, _ = say("run", "--rcp", "rcp45", "--gcm", "MIROC5")
    assert code == 0
    last = expected("rcp45", "MIROC5").sel(year=2099)
    weight = few.cell_area.values
    effect = {n: (last[n].sel(run="S_T") - last[n].sel(run="S_R")).values for n in ("npp", "soc")}
    said = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.split()}
    assert said["ΔNPP"] == [f"{(effect['npp'] * weight).sum() / 1e12:.3f}", "TgC", "year-1"]
    assert said["ΔSOC"] == [f"{(effect['soc'] * weight).sum() / 1e15:.3f}", "PgC"]
    assert {"ΔRH", "ΣΔNEP", "ΔVegC", "SOC_PF"} <= said.keys()
    closes = float(out.split("close to within ")[1].split()[0])
    assert closes < 1e-6


@pytest.mark.parametrize(
    ("gcm", "counts", "words"),
    [("MIROC5", [2], "2 of {} cells did not"), ("ensemble", [0, 1, 0, 2], "3 of 4 × {} cells did")],
)
def test_cells_that_do_not_come_to_rest_are_told(say, few, monkeypatch, gcm, counts, words):
    real, left = tem.experiment, iter(counts)

    def restless(*args, **choices):
        return real(*args, **choices).assign_attrs(cells_not_at_rest=next(left))

    assert "come to rest" not in say("run", "--gcm", gcm)[1]
    monkeypatch.setattr(tem, "experiment", restless)
    assert words.format(few.sizes["cell"]) in say("run", "--gcm", gcm)[1]


def test_a_cell_that_does_not_come_to_rest_says_so(say, few, monkeypatch):
    real = tem.experiment
    monkeypatch.setattr(
        tem, "experiment", lambda *a, **k: real(*a, **k).assign_attrs(cells_not_at_rest=1)
    )
    place = ["--lat", str(float(few.lat[0])), "--lon", str(float(few.lon[0]))]
    assert "1 of 1 cells did not come to rest" in say("cell", *place)[1]
    assert json.loads(say("cell", *place, "--json")[1])["cells_not_at_rest"] == 1


def test_an_edit_of_the_ground_moves_the_ground_and_never_the_store(say, few, tmp_path):
    where = ["--rcp", "rcp45", "--gcm", "MIROC5", "--out"]
    paths = [str(tmp_path / f"{n}.nc") for n in range(3)]
    say("run", *where, paths[0])
    say("run", "--set", "k_thawed_3*=1.3", *where, paths[1])
    say("run", *where, paths[2])
    alt = [read_result(path).alt.sum().item() for path in paths]
    assert alt[1] > alt[0]
    assert alt[2] == alt[0]


def test_a_second_run_reads_the_climate_from_the_store(say, monkeypatch):
    first = say("run", "--rcp", "rcp45", "--gcm", "MIROC5")

    def again(*_args, **_choices):
        raise AssertionError("the ground was computed again")

    monkeypatch.setattr(tem, "ground", again)
    assert say("run", "--rcp", "rcp45", "--gcm", "MIROC5")[1] == first[1]


def test_ensemble_has_all_models_and_prints_their_spread(say, tmp_path):
    path = tmp_path / "all.nc"
    code, out, _ = say("run", "--gcm", "ensemble", "--out", str(path))
    assert code == 0
    with read_result(path) as found:
        assert tuple(found.gcm.values) == data.GCMS
        rh = found.rh.sel(year=2099)
        area = found.cell_area
        effect = ((rh.sel(run="S_T") - rh.sel(run="S_R")) * area).sum("cell") / 1e12
    line = next(line for line in out.splitlines() if line.split()[:1] == ["ΔRH"])
    mean, sd = f"{effect.mean().item():.3f}", f"{effect.std('gcm', ddof=1).item():.3f}"
    assert line.split() == ["ΔRH", mean, "±", sd, "TgC", "year-1"]


# --- cell ---


def test_cell_gives_the_same_numbers_as_a_run_of_the_region(say, few, expected):
    here = 3
    place = ["--lat", str(float(few.lat[here]) + 0.2), "--lon", str(float(few.lon[here]) - 0.2)]
    code, out, _ = say("cell", *place, "--rcp", "rcp45", "--gcm", "MIROC5", "--json")
    assert code == 0
    found = json.loads(out)
    model = expected("rcp45", "MIROC5")
    for run in ("S_T", "S_R"):
        for name in model:
            one = model[name].sel(run=run).isel(cell=here)
            np.testing.assert_allclose(found["runs"][run][name], one, rtol=1e-9, atol=1e-9)
    assert found["units"]["npp"] == "gC m-2 year-1"
    assert found["year"] == list(data.YEARS)
    assert found["ecosystem"] == few.ecosystem.item(here)


def test_table_of_a_cell_has_units_and_both_runs(say, few):
    place = ["--lat", str(float(few.lat[0])), "--lon", str(float(few.lon[0]))]
    _, out, _ = say("cell", *place)
    title, symbols, units, runs, *years = out.splitlines()
    assert NOT_GCM in title
    assert symbols.split() == [s for s in symbols.split()[::2] for _ in range(2)]
    assert "gC m-2 year-1" in units
    assert runs.split() == ["year", *["S_T", "S_R"] * len(lines.COLUMNS)]
    assert [int(line.split()[0]) for line in years] == list(data.YEARS)
    assert all(len(line.split()) == len(runs.split()) for line in years)
    shared, apart = years[0].split()[1:], years[-1].split()[1:]
    assert shared[::2] == shared[1::2]
    assert apart[::2] != apart[1::2]


# --- a table of parameters ---


def test_a_table_of_parameters_is_as_good_as_its_edits(say, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[ecosystem.Meadow]\nkd = 0.003\n")
    by_table = say("run", "--gcm", "MIROC5", "--parameters", str(path))[1].splitlines()
    by_edit = say("run", "--gcm", "MIROC5", "--set", "Meadow.kd=0.003")[1].splitlines()
    assert [line for line in by_table if line not in by_edit] == [
        f"Parameters of Meadow from {path}."
    ]
    assert by_edit != say("run", "--gcm", "MIROC5")[1].splitlines()


def test_a_table_without_an_ecosystem_is_refused_with_what_to_do(say, tmp_path):
    path = tmp_path / "zoige.toml"
    path.write_text("[site.Zoige]\nkd = 0.001\n")
    code, out, err = say("run", "--parameters", str(path))
    assert (code, out) == (2, "")
    assert "zoige.toml" in err
    assert "rename [site.Zoige] to [ecosystem.Meadow]" in err
    path.write_text("[site.Zoige]\nkd = 0.001\n[ecosystem.Meadow]\nkd = 0.002\n")
    code, out, _ = say("run", "--parameters", str(path))
    assert code == 0
    assert "[site.Zoige] not used" in out


def test_results_tell_the_table_and_only_the_edits_that_were_typed(say, few, tmp_path):
    table, result = tmp_path / "mine.toml", tmp_path / "result.nc"
    table.write_text("[ecosystem.Meadow]\nkd = 0.003\nb = 0.7\n")
    own = ["--parameters", str(table), "--set", "Meadow.b=0.6"]
    place = ["--lat", str(float(few.lat[0])), "--lon", str(float(few.lon[0]))]
    said = json.loads(say("cell", *place, *own, "--json")[1])
    assert said["set"] == ["Meadow.b=0.6"]
    assert said["parameters"]["file"] == "mine.toml"
    assert said["parameters"]["sha256"] == sha256(table.read_bytes()).hexdigest()
    assert said["parameters"]["ecosystem"] == {"Meadow": {"kd": 0.003, "b": 0.7}}
    say("run", *own, "--out", str(result))
    with read_result(result) as found:
        assert json.loads(found.attrs["parameter_table"]) == said["parameters"]
        assert json.loads(found.attrs["edits"]) == ["Meadow.b=0.6"]
    assert json.loads(say("cell", *place, "--json")[1])["parameters"] is None


def test_single_edits_come_on_top_of_the_table(say, few, tmp_path):
    table = tmp_path / "mine.toml"
    table.write_text("[ecosystem.Meadow]\nkd = 0.003\n")
    meadow = int(np.flatnonzero(few.ecosystem.values == "Meadow")[0])
    place = ["--lat", str(float(few.lat[meadow])), "--lon", str(float(few.lon[meadow])), "--json"]
    both = say("cell", *place, "--parameters", str(table), "--set", "Meadow.kd*=2")[1]
    alone = say("cell", *place, "--set", "Meadow.kd=0.006")[1]
    assert json.loads(both)["runs"] == json.loads(alone)["runs"]


# --- calibrate, sensitivity ---


def test_calibrate_tells_how_sure_it_is_and_writes_the_table(say, tmp_path):
    path = tmp_path / "fitted.toml"
    code, out, _ = say("calibrate", "--ecosystem", "meadow", "--at", "zoige", "--out", str(path))
    assert code == 0
    for words in ("30895.5", "C_max", "poorly identified", "Condition", "N_max and n_up"):
        assert words in out
    table = tomllib.loads(path.read_text())
    kept = tem.sites()["Zoige"][1]
    assert set(table["site"]["Zoige"]) == set(calibration.WRITTEN)
    for name, value in table["site"]["Zoige"].items():
        assert value == pytest.approx(getattr(kept, name), rel=5e-3)


def test_calibrate_calls_a_target_what_it_is_and_only_prints_the_table(say, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    _, out, _ = say("calibrate", "--ecosystem", "meadow", "--at", "zoige")
    rows = data.calibration_targets("Zoige", "Meadow")
    lines_ = {line.split()[0]: line for line in out.splitlines() if line.split()}
    for row in rows.itertuples():
        symbol = tem.summary.DECLARED[row.quantity].about.symbol
        assert lines_[symbol].split()[-1] == row.confidence
    assert "observed" not in out
    assert "are assumed" in out
    printed = tomllib.loads(out[out.index("[site.Zoige]") :])
    assert set(printed["site"]["Zoige"]) == set(calibration.WRITTEN)
    assert list(tmp_path.iterdir()) == []
    assert "without it they are printed only" in " ".join(say("calibrate", "--help")[1].split())


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("elsewhere/c.toml", None, ["there is no folder", "elsewhere"]),
        ("c.csv", None, ["c.csv", "must end in .toml"]),
        ("c.toml", "kd = = 1", ["c.toml", "expected a table"]),
        ("c.toml", "[site.Zoige]\nkd = 'fast'", ["[site.Zoige] kd = 'fast'"]),
    ],
)
def test_calibrate_refuses_its_file_before_the_work(say, tmp_path, monkeypatch, name, text, words):
    def fitted(*_args, **_choices):
        raise AssertionError("minutes of work for nothing")

    monkeypatch.setattr(calibration, "calibrate", fitted)
    if text is not None:
        (tmp_path / name).write_text(text)
    code, _, err = say("calibrate", "--ecosystem", "all", "--out", str(tmp_path / name))
    assert code == 2
    assert all(word in err for word in words)
    assert ".part" not in err


def test_calibrate_keeps_what_is_done_when_it_is_interrupted(say, tmp_path, monkeypatch):
    real = calibration.calibrate

    def tired(name, place, **choices):
        if place == data.REGION:
            raise KeyboardInterrupt
        return real(name, place, **choices)

    monkeypatch.setattr(calibration, "calibrate", tired)
    path = tmp_path / "fitted.toml"
    assert say("calibrate", "--ecosystem", "Meadow", "--out", str(path))[0] == 130
    assert list(parameter_table.read(path).site) == ["Zoige"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--ecosystem", "taiga"), ["taiga", "Meadow", "all"]),
        (("--ecosystem", "Meadow", "--at", "NamCo"), ["NamCo", "Meadow", "Zoige, region"]),
    ],
)
def test_calibrate_says_what_can_be_calibrated(say, words, named):
    code, _, err = say("calibrate", *words)
    assert code == 2
    assert all(word in err for word in named)


def test_sensitivity_lists_every_parameter_of_a_stage_and_what_is_watched(say, few):
    code, out, _ = say("sensitivity", "--gcm", "MIROC5")
    assert code == 0
    listed = {line.split()[0] for line in out.splitlines() if line}
    assert {f.about.symbol for f in FIELDS.values() if f.about.stage == "ecosystem"} <= listed
    for name, field in OUTPUTS.items():
        line = next(line for line in out.splitlines() if line.startswith(f"{field.about.symbol}:"))
        assert f"{field.unit} without change" in line, name
    assert out.count("ΣΔNEP") == 2
    assert "gC m-2 year-1" in out


# --- serve ---


def test_serve_hands_its_choices_to_the_page(say, monkeypatch):
    app = pytest.importorskip("dashboard.app")
    heard = {}
    monkeypatch.setattr(app, "serve", lambda **choices: heard.update(choices))
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    chosen = ["--sessions", "7", "--prefix", "/carbon", "--allow-websocket-origin", "ice.example"]
    code, out, _ = say(
        "serve", "--port", str(port), "--no-browser", "--resolution", "0.25", *chosen
    )
    assert code == 0
    assert f"http://localhost:{port}" in out
    assert callable(heard.pop("make_way"))
    guard = HOME._replace(sessions=7, prefix="/carbon", origins=("ice.example",))
    place = {"port": port, "host": "127.0.0.1", "resolution": 0.25, "region": None, "opened": None}
    assert heard == place | {"guard": guard}
