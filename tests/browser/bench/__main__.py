"""The command behind scripts/bench --browser."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
import time

from playwright.sync_api import Browser, sync_playwright

from scripts.development.browser import launch
from tests.bench.table import Line, head

from .tap import taps
from .wall import walls

_ROUNDS, _QUICK = 7, 3
_PARTS: dict[str, Callable[[Browser, Path, int], Iterator[Line]]] = {"tap": taps, "wall": walls}


def main() -> None:
    """Run the measurements, and print each figure."""
    parser = argparse.ArgumentParser(prog="scripts/bench --browser", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} rounds, not {_ROUNDS}")
    parser.add_argument("--only", choices=_PARTS, action="append", help="some of the parts only")
    arguments, begin = parser.parse_args(), time.monotonic()
    rounds = _QUICK if arguments.quick else _ROUNDS
    _say(head())
    with (
        TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        for part in arguments.only or _PARTS:
            for line in _PARTS[part](browser, Path(folder), rounds):
                _say(line.line())
    _say(f"in {time.monotonic() - begin:.0f} s, medians of {rounds} rounds")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
