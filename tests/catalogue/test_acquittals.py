"""Every file of scenarios says what a correct server may do that looks like what it convicts of."""

import ast

import pytest

from nhq import paths

FILES = sorted(paths.contracts_folder().glob("test_*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_says_what_it_does_not_convict_of(file):
    """Another actor, a documented answer, an earlier state, a second reading: what only looks like a breach."""
    said = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    _, _, acquitted = said.partition("Not convicted: ")
    assert len(acquitted.split()) >= 8
