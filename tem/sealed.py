"""Compiled code on disk, sealed: what is damaged, or of other equations, is compiled again.

Numba runs what it finds. It would end the process, or answer with other equations, where a disk
has lost a bit, where two processes have numbered their code alike, or where its folder cannot be
written and it falls back on one that it files by the time of a single file.
"""

import pickle
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from numba.core import caching, dispatcher

SEAL = sha256().digest_size  # bytes before what is sealed


def use(source: str):
    """Let Numba seal what it keeps with the name of the *source* that it compiles."""
    Sealed.source = source.encode()
    caching.IndexDataCacheFile = Sealed
    dispatcher.Dispatcher.enable_caching = _enable_caching


class Sealed(caching.IndexDataCacheFile):
    """An index of compiled functions and their code, as files."""

    source = b""

    def load(self, key):
        """Return what was kept under *key*, or None if it is not there intact."""
        found = super().load(key)
        return found[1] if found and found[0] == repr(key) else None

    def save(self, key, data):
        """Keep *data* under *key*."""
        super().save(key, (repr(key), data))

    def _dump(self, obj):
        content = super()._dump(obj)
        return self._seal(content) + content

    def _load_data(self, name):
        return self._loaded(Path(self._data_path(name)).read_bytes())

    def _load_index(self):
        version = pickle.dumps(self._version, protocol=-1)
        try:
            content = Path(self._index_path).read_bytes()
        except OSError:
            return {}
        known = content.startswith(version) and self._loaded(content.removeprefix(version))
        stamp, overloads = known or (None, {})
        return overloads if stamp == self._source_stamp else {}

    def _loaded(self, sealed):
        seal, content = sealed[:SEAL], sealed[SEAL:]
        return pickle.loads(content) if seal == self._seal(content) else None  # noqa: S301 - ours

    def _seal(self, content):
        return sha256(self.source + content).digest()


class Kept(caching.FunctionCache):
    """What is compiled of one function; a disk that refuses costs time at the next start only."""

    def save_overload(self, sig, data):
        """Keep *data* if that is possible."""
        with suppress(OSError):
            super().save_overload(sig, data)


def _enable_caching(one):
    """Keep what a dispatcher compiles, where there is any place for it."""
    with suppress(RuntimeError):  # no folder at all can be written
        one._cache = Kept(one.py_func)  # noqa: SLF001 - as Numba does
