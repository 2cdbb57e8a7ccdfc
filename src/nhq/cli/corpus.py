"""`nhq corpus`: the requests that a live run sends in place of all generated ones."""

import click


@click.command()
@click.option("--write", is_flag=True, help="Make it anew from the contract, with the help of a mock.")
def command(write: bool) -> int:
    """Say how large the live corpus is, or make it anew. Exit code 2 when it is stale."""
    from nhq.contract import load_contract
    from nhq.run.corpus import load, path

    contract = load_contract()
    if write:
        from nhq.run.corpus_making import made

        path().write_text(made(contract)[1], "utf-8")
    corpus = load(contract)
    for name, sendings in corpus.requests.items():
        click.echo(f"{len(sendings):4d}  {name}")
    click.echo(f"{sum(map(len, corpus.requests.values())):4d}  in all")
    return 0
