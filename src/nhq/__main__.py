"""`python -m nhq` is the `nhq` command; where we started it ourselves, it ends with us."""

from nhq.children import end_with_parent
from nhq.cli import main

end_with_parent()
main()
