"""``python -m backstop``."""

from backstop.cli import main

main()
