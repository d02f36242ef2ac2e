"""Lets `python -m xlsflow` be the same as `xlsflow`, where the scripts of Python are not on the path."""

from __future__ import annotations

import signal
import sys

_INTERRUPTED = 130


def run() -> None:
    """Run the command line; Ctrl+C while it is still being loaded, which takes a third of a second, ends it quietly."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: sys.exit(_INTERRUPTED))
    from xlsflow.cli import main

    main()


if __name__ == "__main__":
    run()
