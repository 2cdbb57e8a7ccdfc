"""`--format`, and what is chosen by itself where a CI server reads it."""

from pathlib import Path

import pytest

from nhq import paths
from nhq.cli import report_formats
from nhq.report import FORMATS


def test_every_format_can_be_asked_for() -> None:
    """The option offers just the reports that there are."""
    assert tuple(FORMATS) == report_formats.NAMES


@pytest.mark.parametrize(
    ("environ", "chosen"),
    [
        ({}, ()),
        ({"GITHUB_ACTIONS": "true"}, ("sarif", "github")),
        ({"GITLAB_CI": "true"}, ("gitlab",)),
        ({"GITLAB_CI": "", "GITHUB_ACTIONS": "false"}, ()),
    ],
)
def test_a_ci_server_gets_its_own(environ: dict[str, str], chosen: tuple[str, ...]) -> None:
    """Each server's formats are chosen where the server says that it is there."""
    assert report_formats.of_ci(environ) == chosen


def test_a_document_is_named_from_the_root_of_the_checkout(tmp_path: Path) -> None:
    """From the CI server's checkout, else from the folder with .git, else by its name alone."""
    document = tmp_path / "shop" / "api" / "openapi.json"
    document.parent.mkdir(parents=True)
    assert report_formats.in_repository(document, {}) == "openapi.json"
    (tmp_path / "shop" / ".git").mkdir()
    assert report_formats.in_repository(document, {}) == "api/openapi.json"
    assert report_formats.in_repository(document, {"GITHUB_WORKSPACE": str(tmp_path)}) == "shop/api/openapi.json"
    assert report_formats.in_repository(document, {"CI_PROJECT_DIR": str(tmp_path / "other")}) == "api/openapi.json"


def test_our_contract_is_read_with_its_places() -> None:
    """The source of annotations is openapi.json, with a place for a sentence in it."""
    source = report_formats.read_source_of(paths.openapi_file())
    assert (source.path, source.mark("/info/version").column > 1) == ("openapi.json", True)
