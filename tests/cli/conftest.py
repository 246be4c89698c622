"""What tests of the command line share: few cells, and a way to say a command."""

import pytest

import data
from dashboard import cli


@pytest.fixture(autouse=True)
def small(monkeypatch, few, tmp_path_factory):
    """Let every command meet the few cells, and a store that the whole module shares."""
    folder = tmp_path_factory.getbasetemp() / "store"
    monkeypatch.setenv("PERMAFROST_CARBON_STORE", str(folder))
    monkeypatch.setattr(data, "region", lambda *_choices: few)


@pytest.fixture
def say(capsys):
    """Run a command line; return its exit code and what it wrote to stdout and stderr."""

    def run(*words):
        try:
            code = cli.main(words)
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
