"""`python -m nhq` is the `nhq` command."""

from nhq.cli import main

main()
