"""The command behind scripts/bench."""

import argparse
import asyncio
from collections.abc import AsyncGenerator, Callable
import json
import logging
from pathlib import Path
import sys
import time

from .events import event_costs
from .idle import idle
from .latency import latencies
from .live_video import live_video
from .memory import memory
from .requests import requests
from .resync import resyncs
from .setup import setups
from .startup import startup
from .stills import stills
from .sustained import sustained
from .table import Line, head

_ROUNDS, _QUICK = 7, 3
# Memory is measured first, as it needs a fresh process; startup is last, as the detector of
# blocking calls cannot be turned off again.
_PARTS: dict[str, Callable[[int], AsyncGenerator[Line]]] = {
    "memory": memory,
    "events": event_costs,
    "latency": latencies,
    "sustained": sustained,
    "requests": requests,
    "setup": setups,
    "resync": resyncs,
    "idle": idle,
    "stills": stills,
    "startup": startup,
}
# In the server's real time, independent of the machine.
_ON_REQUEST = {"live": live_video}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} rounds, not {_ROUNDS}")
    parser.add_argument(
        "--only", choices=_PARTS | _ON_REQUEST, action="append", help="some of the parts only"
    )
    return parser.parse_args()


async def _measure(parts: list[str], rounds: int) -> list[Line]:
    lines = []
    for part in parts:
        async for line in (_PARTS | _ON_REQUEST)[part](rounds):
            _say(line.line())
            lines.append(line)
    return lines


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def main() -> None:
    """Run the measurements, and print each figure."""
    arguments, begin = _arguments(), time.monotonic()
    # Ignore what Home Assistant reports about the test environment.
    logging.basicConfig(level=logging.CRITICAL)
    rounds = _QUICK if arguments.quick else _ROUNDS
    _say(head())
    lines = asyncio.run(_measure(arguments.only or list(_PARTS), rounds))
    _say(f"in {time.monotonic() - begin:.0f} s, medians of {rounds} rounds")
    if arguments.json:
        figures = [line.as_json() for line in lines]
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
