"""What docs/load-on-kubernetes.yaml holds: its documents, and the `nhq load` commands of its Jobs."""

import shlex
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parents[2] / "docs" / "load-on-kubernetes.yaml"


def documents() -> list[dict[str, Any]]:
    """All documents of the file."""
    return list(yaml.safe_load_all(PATH.read_text("utf-8")))


def document(kind: str, name: str) -> dict[str, Any]:
    """The document of that kind and name."""
    (found,) = (one for one in documents() if (one["kind"], one["metadata"]["name"]) == (kind, name))
    return found


def container(job: str) -> dict[str, Any]:
    """The only container of a Job."""
    (found,) = document("Job", job)["spec"]["template"]["spec"]["containers"]
    one: dict[str, Any] = found
    return one


def load_words(job: str) -> list[str]:
    """The words of a Job's `nhq load`, from the profile on."""
    (script,) = container(job)["args"]
    (line,) = (line for line in script.replace("\\\n", " ").splitlines() if "nhq load" in line)
    return shlex.split(line.partition("nhq load")[2].partition("||")[0])
