"""No object's state is changed from outside: an attribute is assigned where its class stands, and nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import nhq

ROOT = Path(nhq.__file__).parent
#: Attributes of other people's objects, which only those who use them can set: by file, with whose they are.
LIBRARIES = {
    "cassettes/response_building.py": {
        "status_code",
        "reason",
        "headers",
        "request",
        "url",
        "_content",
    },  # requests.Response
    "cassettes/pseudonymizing.py": {"url"},  # requests.PreparedRequest
    "cli/command_line.py": {"default_map"},  # click.Context
    "client/control_plane.py": {"trust_env", "verify"},  # requests.Session
    "client/transport.py": {"pool_classes_by_scheme", "request", "_content"},  # urllib3.PoolManager, requests.Response
    "formats/junit.py": {"text"},  # xml.etree's Element
    "load/locust_user.py": {"nhq_worker", "host"},  # Locust's Environment, which hands it on to users
    "load/no_retry_client.py": {"size"},  # geventhttpclient's pool
    "load/locust_sender.py": {"cookiejar"},  # Locust's FastHttpSession
    "load/locust_worker.py": {"process_exit_code"},  # Locust's Environment
    "masking.py": {"stdout", "stderr"},  # sys
    "nights/night_store.py": {"row_factory"},  # sqlite3.Connection
    "run/plugin.py": {"shouldstop"},  # pytest.Session
    "run/pytest_entry.py": {"hypothesis_seed", "exitstatus"},  # pytest's options, pytest.Session
    "schemathesis_hooks.py": {"__name__", "__qualname__", "__doc__"},  # a function made for Schemathesis
    "run/schedule/cooperative.py": {"parent"},  # greenlet
}


def declared(tree: ast.AST) -> Iterator[str]:
    """The attributes of the classes of a module: those annotated in a class, and those that its methods give `self`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            fields = [part.target for part in node.body if isinstance(part, ast.AnnAssign)]
            yield from (field.id for field in fields if isinstance(field, ast.Name))
            yield from (target.attr for target in assigned(node) if is_own(target))


def assigned(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Every attribute that is assigned, deleted or bound by a loop or a `with`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            yield node


def is_own(target: ast.Attribute) -> bool:
    """An attribute of the object itself, or of its class."""
    return isinstance(target.value, ast.Name) and target.value.id in ("self", "cls")


def strays(text: str, name: str) -> list[str]:
    """The places in a module that assign into an object of another one's."""
    tree = ast.parse(text)
    known = {*declared(tree), *LIBRARIES.get(name, ())}
    found = [one for one in assigned(tree) if not is_own(one) and one.attr not in known]
    return [f"{name}:{one.lineno} assigns {ast.unparse(one)}" for one in found]


def test_no_attribute_is_assigned_outside_of_the_module_of_its_class() -> None:
    """Whoever wants another object's state changed asks it to."""
    files = sorted(ROOT.rglob("*.py"))
    assert [s for file in files for s in strays(file.read_text("utf-8"), file.relative_to(ROOT).as_posix())] == []


def test_what_is_excused_is_still_done() -> None:
    """An exception that nothing needs would excuse the next one."""
    for name, attributes in LIBRARIES.items():
        tree = ast.parse((ROOT / name).read_text("utf-8"))
        assert attributes <= {one.attr for one in assigned(tree) if not is_own(one)}, name


def test_a_stray_is_seen_however_it_is_written() -> None:
    """Plain, summed up, one of several, in a loop, in a `with`, deleted, two steps deep."""
    text = (
        "class Own:\n    mine: int\n\n    def f(self, one):\n        self.also = 1\n        one.mine = one.also = 2\n"
        "        one.a = 1\n        one.b += 1\n        one.c, x = 1, 2\n        for one.d in x: pass\n"
        "        with x as one.e: pass\n        del one.f\n        self.inner.g = 3\n"
    )
    assert sorted(line.rpartition(".")[2] for line in strays(text, "own.py")) == list("abcdefg")
