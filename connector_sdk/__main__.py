"""`connector-sdk` and `python -m connector_sdk`."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; `arguments` are those of the process by default."""
    from connector_sdk.cli.boundary import run  # noqa: PLC0415 - importing this module must cost nothing

    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
