"""What `nhq gate --base REV` calls the base's document can be read from any folder."""

import subprocess
from pathlib import Path

import pytest

from nhq.cli.document_arguments import read_source
from nhq.cli.pull_request_command import base_source
from nhq.errors import ConfigError


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A document in a folder of a repository, changed since the last commit."""
    folder = tmp_path / "repository" / "api"
    folder.mkdir(parents=True)
    file = folder / "openapi.json"
    file.write_text("before", "utf-8")
    person = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    for words in (["init", "-q"], ["add", "."], [*person, "commit", "-qm", "Begin"]):
        subprocess.run(["git", *words], cwd=folder.parent, check=True)
    file.write_text("after", "utf-8")
    return file


@pytest.mark.parametrize("place", [".", "repository", "repository/api"])
def test_the_base_is_read_from_any_folder(
    document: Path, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the document, elsewhere in its repository, and outside of it."""
    monkeypatch.chdir(tmp_path / place)
    assert read_source(base_source("HEAD", document)) == b"before"


def test_what_is_given_as_a_path_of_git_stays_git_s(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`REV:path` is from the root of the repository that we are in."""
    monkeypatch.chdir(document.parent)
    assert base_source("HEAD:api/openapi.json", document) == "HEAD:api/openapi.json"
    assert read_source("HEAD:api/openapi.json") == b"before"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError):
        read_source("HEAD:api/openapi.json")
