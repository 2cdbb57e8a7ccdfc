"""Machine-made mutants of a room: cosmic-ray's operators, one mutant of each place in the code, drawn by a seed."""

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: The first need names to be given; the others put `is` for `==`, which CPython answers alike where we compare words.
LEFT_OUT = frozenset(
    {
        "VariableReplacer",
        "VariableInserter",
        *(f"ReplaceComparisonOperator_{pair}" for pair in ("Eq_Is", "Is_Eq", "NotEq_IsNot", "IsNot_NotEq")),
    }
)
Span = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. `file` is relative to its room, `was` and `becomes` are whole lines without their indent."""

    file: str
    line: int
    operator: str
    was: str
    becomes: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What names a mutant although other lines of its file change."""
        return self.file, self.was, self.becomes


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant: killed (by a finding of this rule), survived, unjudged (why) or dead (doesn't start)."""

    file: str
    line: int
    operator: str
    was: str
    becomes: str
    fate: str
    by: str = ""
    tests: int = 0
    requests: int = 0
    seconds: float = 0.0


def places(folder: Path, files: Sequence[str]) -> dict[tuple[str, Span], list[tuple[str, int]]]:
    """Where cosmic-ray can change something, and how: operator and the number of its occurrence in the file.

    Annotations are left out: they decide nothing at run time.
    """
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.operators.provider import OperatorProvider

    found: dict[tuple[str, Span], list[tuple[str, int]]] = {}
    provider = OperatorProvider()
    for file in files:
        source = (folder / file).read_text("utf-8")
        nodes, silent = list(ast_nodes(get_ast(source))), list(_annotations(source))
        for name in sorted(set(provider) - LEFT_OUT):
            operator = provider[name]()
            spans = [span for node in nodes for span in operator.mutation_positions(node)]
            for occurrence, span in enumerate(spans):
                if not any(start <= span[0] and span[1] <= end for start, end in silent):
                    found.setdefault((file, span), []).append((name, occurrence))
    return found


def drawn(folder: Path, known: Mapping[tuple[str, Span], list[tuple[str, int]]], seed: int) -> Iterator[Mutant]:
    """All places in an order by chance, and of each place one change by chance. Each is made when it is asked for."""
    chance = random.Random(seed)
    chosen = chance.sample(sorted(known), len(known))
    for file, span in chosen:
        mutant = _mutant(folder, file, span, *chance.choice(known[file, span]))
        if mutant is not None:
            yield mutant


def _mutant(folder: Path, file: str, span: Span, operator: str, occurrence: int) -> Mutant | None:
    """None when the change changes nothing, or leaves no Python."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.operators.provider import OperatorProvider

    before = (folder / file).read_text("utf-8")
    try:
        after = mutate_code(before, OperatorProvider()[operator](), occurrence)
    except AttributeError:  # cosmic-ray cannot replace an exception of a dotted name
        return None
    if after is None or not _python(after):
        return None
    was, becomes = _lines(before, after)
    return Mutant(file, span[0][0], operator, was, becomes, after) if was != becomes else None


def _python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _lines(before: str, after: str) -> tuple[str, str]:
    """The lines that differ, before and after."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return "\n".join(old).strip(), "\n".join(new).strip()


def _annotations(source: str) -> Iterator[Span]:
    """Where annotations stand, and aliases of types."""
    for node in ast.walk(ast.parse(source)):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if part is not None:
                yield _span(part)


def _span(node: ast.expr) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0)


def statement(source: str, line: int) -> tuple[int, ...]:
    """The lines of the smallest statement that holds a line; of a block its head; of a head its whole function.

    A change in a function's head works when the function runs.
    """
    around = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.stmt) and n.lineno <= line <= (n.end_lineno or 0)
    ]
    if not around:
        return (line,)
    smallest = min(around, key=lambda node: (node.end_lineno or 0) - node.lineno)
    body = getattr(smallest, "body", None)
    if body and not isinstance(smallest, ast.FunctionDef | ast.AsyncFunctionDef):
        return tuple(range(smallest.lineno, max(body[0].lineno, smallest.lineno + 1)))
    return tuple(range(smallest.lineno, (smallest.end_lineno or line) + 1))
