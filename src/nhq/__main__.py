"""`python -m nhq` is the `nhq` command."""

import os
import sys

if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]  # Python put it there: a json.py of the present folder would take the place of Python's own

from nhq.cli import main

main()
