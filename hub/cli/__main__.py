"""`python -m hub.cli`: the command line."""

from hub.cli import main

main()
