"""Tables of parameters in files: read, refused, added to."""

import tomllib
from pathlib import Path

import pytest

import data
import tem
from dashboard import calibration, parameter_table

KEPT = Path(tem.__file__).with_name("calibrated.toml")


def test_the_kept_table_is_read_as_it_is_written():
    found = parameter_table.read(KEPT)
    assert found.in_region() == tem.ecosystems()
    assert list(found.ecosystem) == list(data.ECOSYSTEMS)
    assert set(found.site) == set(tem.sites())
    for values in (*found.ecosystem.values(), *found.site.values()):
        assert tuple(values) == calibration.WRITTEN


def test_what_is_added_leaves_the_rest_as_it_was(tmp_path):
    path = tmp_path / "fitted.toml"
    parameter_table.add(path, {("ecosystem", "Steppe"): {"kd": 0.0021234567}})
    parameter_table.add(path, {("site", "Zoige"): {"kd": 0.001}})
    parameter_table.add(path, {("site", "Zoige"): {"kd": 0.0015}})
    table = tomllib.loads(path.read_text())
    assert table == {
        "ecosystem": {"Steppe": {"kd": 0.0021234567}},
        "site": {"Zoige": {"kd": 0.0015}},
    }
    assert [one.name for one in tmp_path.iterdir()] == ["fitted.toml"]


def test_the_rest_of_an_ecosystem_and_other_ecosystems_keep_their_defaults(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[ecosystem.Meadow]\nkd = 0.003\n")
    found, defaults = parameter_table.read(path).in_region(), tem.ecosystems()
    assert found["Meadow"] == defaults["Meadow"]._replace(kd=0.003)
    assert found | {"Meadow": defaults["Meadow"]} == defaults


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kd = = 1", "expected a table of parameters in TOML"),
        ("a = 1", "a is unknown; expected sections"),
        ("[biome.Meadow]\nkd = 1", "biome is unknown"),
        ("[site]\nZoige = 3", r"site.Zoige: expected a section \[site.NAME\], NAME one of"),
        ("[ecosystem.Taiga]\nkd = 0.001", "ecosystem.Taiga: expected .* one of Steppe, Meadow"),
        ("[ecosystem.Meadow]\nkdd = 0.001", r"\[ecosystem.Meadow\] kdd is not a parameter"),
        ("[ecosystem.Meadow]\nkd = 'fast'", r"\[ecosystem.Meadow\] kd = 'fast': expected a number"),
        ("[ecosystem.Meadow]\nkd = true", "kd = True: expected a number"),
        ("[ecosystem.Meadow]\nkd = nan", "kd = nan: expected a number"),
        ("[ecosystem.Meadow]\nkd = 1.0", r"kd = 1.0: expected a number from 0 to 0.05 \(month-1\)"),
        ("[ecosystem.Meadow]\nkd = 1.0\nb = [2]\n[site.Zoige]\nx = 1",
         r"kd = 1.0: .*; \[ecosystem.Meadow\] b = \[2\]: .*; \[site.Zoige\] x is not"),
    ],
)  # fmt: skip
def test_a_table_that_makes_no_sense_is_named_with_every_fault(tmp_path, text, words):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"wrong.toml: .*{words}"):
        parameter_table.read(path)


def test_bytes_that_are_no_text_are_named(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"wrong.toml: expected a table"):
        parameter_table.read(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"holds no \[ecosystem.NAME\]"),
        ("[site.NamCo]\nkd = 0.001", r"only \[site.NamCo\].*rename .* to \[ecosystem.Steppe\]"),
    ],
)
def test_a_table_without_an_ecosystem_says_nothing_of_a_region(tmp_path, text, words):
    path = tmp_path / "site.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"site.toml: .*{words}"):
        parameter_table.read(path).in_region()


def test_a_disk_that_refuses_is_told_by_the_name_that_was_asked_for(tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    path = tmp_path / "fitted.toml"
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left") as told:
        parameter_table.add(path, {("site", "Zoige"): {"kd": 0.001}})
    assert told.value.filename == str(path)
    assert list(tmp_path.iterdir()) == []
