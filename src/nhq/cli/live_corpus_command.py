"""`nhq live-corpus`: the requests that a live run sends instead of all generated ones."""

import json
from pathlib import Path

import click


@click.command()
@click.option(
    "--costs",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="RECORD",
    help="Update what --plan estimates, from results.json of a whole live, gate or nightly run with all effects.",
)
@click.option("--faults", is_flag=True, help="Rewrite which rules the planted faults break and where, for --plan.")
@click.option("--write", is_flag=True, help="Rebuild it from the contract, with the help of a mock.")
def command(write: bool, faults: bool, costs: Path | None) -> int:
    """Print the size of the live corpus; rebuild it, or the costs of a live run. Exit code 2 if it is stale."""
    from nhq.contract import load_contract
    from nhq.generate.corpus import corpus_path, load_corpus

    contract = load_contract()
    if write:
        from nhq.scenarios.corpus_minimize import make_corpus

        corpus_path().write_text(make_corpus(contract)[1], "utf-8")
    if costs is not None:
        from nhq.record.record_json import read_record
        from nhq.run import costs as kept

        known = json.loads(kept.costs_path().read_text("utf-8"))
        told = kept.costs_as_text(read_record(costs.read_text("utf-8"), costs.name), known)
        kept.costs_path().write_text(told, "utf-8")
    if faults:
        from nhq.mutation.faults.catalogue import FAULTS
        from nhq.run.fault_tables import faults_path, faults_text

        faults_path().write_text(faults_text({fault.id: (fault.rules, fault.on) for fault in FAULTS}), "utf-8")
    corpus = load_corpus(contract)
    for name, sendings in corpus.requests.items():
        click.echo(f"{len(sendings):4d}  {name}")
    click.echo(f"{sum(map(len, corpus.requests.values())):4d}  in all")
    return 0
