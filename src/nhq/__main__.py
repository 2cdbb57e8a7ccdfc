"""`python -m nhq` is the `nhq` command; where we started it ourselves, it ends with us."""

import os
import sys

if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]  # Python put it there: a json.py of the present folder would take the place of Python's own

from nhq.child_processes import end_with_parent
from nhq.cli import main

end_with_parent()
main()
