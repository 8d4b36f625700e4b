"""The command `ivr`."""

import sys

from ivr.cli.commands import run


def main() -> None:
    """Run one command and exit with its code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
