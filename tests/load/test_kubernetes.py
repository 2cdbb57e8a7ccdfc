"""The example for Kubernetes fits together, and its commands are ours. test_gathered.py runs them."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from kubernetes import PATH, container, document, documents, load_words

from nhq.cli.load_command import command

JOBS = ("nhq-master", "nhq-worker")
FIELDS = {
    "PersistentVolumeClaim": ("v1", {"accessModes", "resources"}),
    "Service": ("v1", {"clusterIP", "publishNotReadyAddresses", "selector", "ports"}),
    "Job": ("batch/v1", {"backoffLimit", "template"}),
}


def option(words: list[str], name: str) -> str:
    """What follows an option."""
    return words[words.index(name) + 1]


def test_every_document_has_the_fields_that_its_kind_needs() -> None:
    """Version, name and specification; a Job's pods are never restarted, and run one container."""
    assert [one["kind"] for one in documents()] == ["PersistentVolumeClaim", "Service", "Job", "Job"]
    for one in documents():
        version, fields = FIELDS[one["kind"]]
        assert one["apiVersion"] == version
        assert one["metadata"]["name"]
        assert fields <= set(one["spec"])
    for job in JOBS:
        assert document("Job", job)["spec"]["template"]["spec"]["restartPolicy"] == "Never"
        assert {"name", "image", "command", "args"} <= set(container(job))


@pytest.mark.parametrize("job", JOBS)
def test_its_commands_are_ours(job: str) -> None:
    """Every option exists, and is given what it takes."""
    given = command.make_context("load", load_words(job)).params
    assert given["profile"] == "drip"
    assert given["exclusive_keys"] is True
    assert (given["master"], given["worker"]) == (job == "nhq-master", job == "nhq-worker")


def test_master_and_workers_are_of_one_run() -> None:
    """The same profile, target and folder; as many workers as are waited for, where the Service leads to the master."""
    master, worker = map(load_words, JOBS)
    for name in ("--target", "--gather"):
        assert option(master, name) == option(worker, name)
    assert master[0] == worker[0]
    spec = document("Job", "nhq-worker")["spec"]
    assert option(master, "--workers") == str(spec["completions"]) == str(spec["parallelism"])
    service = document("Service", "nhq-master")
    (port,) = service["spec"]["ports"]
    assert option(worker, "--at") == f"{service['metadata']['name']}:{port['port']}"
    assert option(master, "--at") == f"0.0.0.0:{port['port']}"
    labels = document("Job", "nhq-master")["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= labels.items()


@pytest.mark.parametrize("job", JOBS)
def test_what_it_mounts_is_there(job: str) -> None:
    """Each path lies on a volume, each volume is the claim or made by the commands of the head, as the keys are."""
    words, mounts = load_words(job), {one["name"]: one["mountPath"] for one in container(job)["volumeMounts"]}
    volumes: dict[str, Any] = {
        one["name"]: one for one in document("Job", job)["spec"]["template"]["spec"]["volumes"]
    }  # fmt: skip
    assert set(mounts) == set(volumes)
    assert Path(option(words, "--target")).parent == Path(mounts["target"])
    assert Path(option(words, "--gather")).parent == Path(mounts["histories"])
    claim = document("PersistentVolumeClaim", volumes["histories"]["persistentVolumeClaim"]["claimName"])
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    text = PATH.read_text("utf-8")
    (keys,) = container(job)["envFrom"]
    assert f"kubectl create secret generic {keys['secretRef']['name']} " in text
    assert f"kubectl create configmap {volumes['target']['configMap']['name']} " in text


@pytest.mark.parametrize("job", JOBS)
def test_it_needs_nothing_but_pip(job: str) -> None:
    """A plain Python image of a version that we run on, and our package by its name."""
    project = tomllib.loads((PATH.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    image, (script,) = container(job)["image"], container(job)["args"]
    assert image.startswith(f"python:{project['requires-python'].removeprefix('>=')}")
    assert f"pip install --quiet {project['name']}\n" in script


def test_a_worker_that_fails_ends_no_other() -> None:
    """Its Job allows no failure, so its pods have none; the master's exit code is the verdict."""
    (worker,), (master,) = container("nhq-worker")["args"], container("nhq-master")["args"]
    assert "|| echo" in worker
    assert "exec nhq load" in master
    assert "||" not in master
