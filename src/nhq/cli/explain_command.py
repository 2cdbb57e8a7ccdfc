"""`nhq explain`: a rule with its sentence and its place, its level, and what judges it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from nhq.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from nhq.contract import Contract, Rule

_WIDTH = 100


@click.command()
@click.argument("rules", nargs=-1, metavar="[RULE]...")
@click.option("--area", help="Only rules of this area, e.g. --area import.")
@click.option("--operation", help="Only rules judged on this operation, e.g. --operation list_leads.")
def command(rules: Sequence[str], area: str | None, operation: str | None) -> None:
    """Explain rules by id, or list them all.

    A rule is one promise of the contract: the sentence it stands on, how binding it is (a broken `must` fails a
    run, `should` and `assumed` warn), the operations it is judged on, and the checks and scenarios that judge it.
    """
    from nhq.contract import load_contract
    from nhq.contract.bindings import rule_bindings

    if rules and (area or operation):
        raise click.UsageError("give rule ids, or --area and --operation, not both")
    contract = load_contract()
    if rules:
        bound = rule_bindings()
        pages = [_page(_find(contract, rule), contract, bound) for rule in rules]
        click.echo("\n\n".join(pages))
    else:
        click.echo(_listing(_chosen(contract, area, operation)))


def _find(contract: "Contract", name: str) -> "Rule":
    """The rule with this id, or that had it, however it is capitalised. Raises ConfigError that names near matches."""
    rule = contract.rule_id(name.upper())
    if rule is None:
        raise ConfigError(f"no rule {name}{did_you_mean(name.upper(), contract.rules)}; `nhq explain` lists them")
    return contract.rules[rule]


def _chosen(contract: "Contract", area: str | None, operation: str | None) -> list["Rule"]:
    """The rules of an area and an operation, where given. Raises ConfigError for a name that doesn't exist."""
    areas = list(dict.fromkeys(rule.area for rule in contract.rules.values()))
    if area is not None and area not in areas:
        raise ConfigError(f"no area {area}{did_you_mean(area, areas)}; known are {', '.join(areas)}")
    if operation is not None and operation not in contract.operations:
        near = did_you_mean(operation, contract.operations)
        raise ConfigError(f"no operation {operation}{near}; known are {', '.join(contract.operations)}")
    return [
        rule
        for rule in contract.rules.values()
        if area in (None, rule.area) and (operation is None or operation in rule.operations)
    ]


def _listing(rules: Sequence["Rule"]) -> str:
    wide = max((len(rule.id) for rule in rules), default=0)
    lines: list[str] = []
    for area in dict.fromkeys(rule.area for rule in rules):
        lines += ["", area] if lines else [area]
        lines += [f"  {rule.id:<{wide}}  {rule.level:<7}  {rule.title}" for rule in rules if rule.area == area]
    return "\n".join([*lines, "", f"{len(rules)} rules"])


def _page(rule: "Rule", contract: "Contract", bound: Mapping[str, Sequence[str]]) -> str:
    judges = bound.get(rule.id, ())
    everywhere = len(rule.operations) == len(contract.operations)
    return "\n".join(
        [
            f"{rule.id}  {rule.level}  {rule.area}",
            *_wrap(rule.title),
            *(_wrap(f"formerly {', '.join(rule.aliases)}") if rule.aliases else ()),
            "",
            *_wrap(f"“{rule.quote}”"),
            f"  at {rule.pointer}",
            *(line for place in rule.also for line in (*_wrap(f"“{place.quote}”"), f"  at {place.pointer}")),
            "",
            *_wrap("operations: " + (f"all {len(contract.operations)}" if everywhere else ", ".join(rule.operations))),
            "checked " + ("on every answer" if rule.scope == "exchange" else "by dedicated scenarios"),
            *_wrap("judged by: " + (", ".join(judges) or "nothing yet")),
        ]
    )


def _wrap(text: str) -> list[str]:
    return click.wrap_text(text, _WIDTH, subsequent_indent="  ").split("\n")
