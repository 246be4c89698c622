"""Compiled code comes back as it was kept, or not at all."""

import pytest
from numba import njit

from tem import sealed
from tem.sealed import Sealed


@pytest.fixture
def kept(tmp_path):
    """A file that holds code under the key `one`."""
    file = Sealed(str(tmp_path), "base", "stamp")
    file.save("one", ("code", 1))
    return file


def test_what_was_kept_comes_back(kept, tmp_path):
    assert kept.load("one") == ("code", 1)
    assert Sealed(str(tmp_path), "base", "stamp").load("one") == ("code", 1)
    assert kept.load("two") is None
    assert Sealed(str(tmp_path), "base", "later").load("one") is None


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_a_changed_bit_is_noticed_wherever_it_is(kept, tmp_path, ending):
    (path,) = tmp_path.glob(f"*.{ending}")
    sound = path.read_bytes()
    for where in range(len(sound)):
        damaged = bytearray(sound)
        damaged[where] ^= 1
        path.write_bytes(damaged)
        assert kept.load("one") is None, where
    for size in range(len(sound)):
        path.write_bytes(sound[:size])
        assert kept.load("one") is None, size
    kept.save("one", ("code", 2))
    assert kept.load("one") == ("code", 2)


def test_code_of_other_equations_is_not_loaded(kept, monkeypatch):
    monkeypatch.setattr(Sealed, "source", b"other")
    assert kept.load("one") is None


def test_code_of_another_signature_is_not_loaded(kept, tmp_path):
    """Two processes that compile at once may give two functions one number."""
    (tmp_path / "base.1.nbc").rename(tmp_path / "aside")
    (tmp_path / "base.nbi").unlink()
    kept.save("two", ("code", 2))
    (tmp_path / "aside").replace(tmp_path / "base.1.nbc")
    assert kept.load("two") is None


def test_a_folder_that_is_gone_costs_nothing_but_time(tmp_path, monkeypatch):
    def refuses(*_words):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(sealed.caching._CacheLocator, "ensure_cache_path", refuses)

    @njit
    def doubled(x):
        return 2 * x

    doubled.enable_caching()
    assert doubled(2.0) == 4.0
