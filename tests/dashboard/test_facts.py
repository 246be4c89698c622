"""What the model and the data declare is imported by the page and the command line, not retyped."""

import ast
from pathlib import Path

import pytest

import dashboard
import data
import tem
from tem.experiment import RUNS, SINCE

CODE = sorted(Path(dashboard.__file__).parent.rglob("*.py"))
# chosen there: what the command line runs unless another is asked for
CHOSEN = {"commands.py": {"HadGEM2-ES"}}


def typed(path):
    """Return the numbers, words and tuples of words that a module types, docstrings aside."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant):
            yield node.value
        if isinstance(node, ast.Tuple | ast.List):
            words = [one.value for one in node.elts if isinstance(one, ast.Constant)]
            if len(words) == len(node.elts) > 1:
                yield tuple(words)


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.stem)
def test_no_year_model_site_or_list_of_choices_is_typed_twice(path):
    known = {*data.YEARS, *data.GCMS, *tem.sites()} - CHOSEN.get(path.name, set())
    lists = {data.RCPS, data.GCMS, data.ECOSYSTEMS, RUNS, RUNS[::-1], SINCE}
    found = [one for one in typed(path) if one in known or one in lists]
    assert found == []
