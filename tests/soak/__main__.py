"""The command behind scripts/soak."""

import argparse
import asyncio
import logging
import random
import sys
import tracemalloc

from .health import left_behind
from .home_assistant import home
from .recovery import recoveries, verdict
from .report import Report
from .soak import soak


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (default: 10)")
    parser.add_argument("--seed", type=int, help="repeats random choices (default: a random one)")
    parser.add_argument(
        "--recovery", action="store_true", help="measure the recovery after a restart instead"
    )
    parser.add_argument("--repeat", type=int, default=10, help="servers to restart (default: 10)")
    parser.add_argument(
        "--outage",
        type=float,
        nargs="+",
        default=[1.0, 100.0],
        metavar="SECONDS",
        help="how long they are down, or the least and the most of it (default: 1 100)",
    )
    arguments = parser.parse_args()
    if len(arguments.outage) > 2:
        parser.error("--outage takes one time, or the least and the most")
    return arguments


def _say(line: str) -> None:
    print(f"soak: {line}", flush=True)  # noqa: T201


async def _soak(seed: int, minutes: float) -> bool:
    _say(f"seed {seed}, for {minutes:g} minutes, and a bit for the last quiet point")
    tracemalloc.start()
    report = Report(seed)
    with report.complaints.heard():
        async with home() as hass:
            await soak(hass, report, minutes * 60, _say)
    report.left_behind = left_behind()
    for line in report.lines():
        _say(line)
    return report.passed


async def _recover(seed: int, repeat: int, outages: tuple[float, float]) -> bool:
    _say(f"seed {seed}, recovery of {repeat} servers after a restart, with the default times")
    async with home() as hass:
        lines, reached = verdict(await recoveries(hass, seed, repeat, outages, _say))
    for line in lines:
        _say(line)
    return reached


def main() -> int:
    """Run the requested soak; return 0 if there was no difference."""
    arguments = _arguments()
    seed = arguments.seed if arguments.seed is not None else random.randrange(100_000)
    logging.basicConfig(level=logging.ERROR)
    # The seed also applies to the server and the session.
    random.seed(seed)
    if arguments.recovery:
        outages = (arguments.outage[0], arguments.outage[-1])
        return 0 if asyncio.run(_recover(seed, arguments.repeat, outages)) else 1
    return 0 if asyncio.run(_soak(seed, arguments.minutes)) else 1


sys.exit(main())
