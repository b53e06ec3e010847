"""`python -m coopwatch`: the same as the command `coopwatch`."""

from coopwatch.cli import main

main()
