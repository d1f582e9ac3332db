"""Run a simulated NestMTX: python -m tests.simulator."""

import argparse
import asyncio
from dataclasses import fields, replace
import logging
import signal
import sys

from .quirks import Quirks
from .scenario import SCENARIOS, Scenario
from .server import Simulator
from .times import Times
from .world import PROTOCOLS


def _quirk(text: str) -> tuple[str, bool]:
    name, _, value = text.partition("=")
    if name not in {field.name for field in fields(Quirks)} or value not in ("on", "off"):
        names = ", ".join(field.name for field in fields(Quirks))
        message = f"NAME=on or NAME=off, where NAME is one of {names}"
        raise argparse.ArgumentTypeError(message)
    return name, value == "on"


def _protocols(text: str) -> set[str]:
    names = set(text.split(","))
    if not names <= set(PROTOCOLS):
        message = f"names separated by commas, of {', '.join(PROTOCOLS)}"
        raise argparse.ArgumentTypeError(message)
    return names


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2000, help="HTTP login and Socket.IO")
    parser.add_argument("--hls-port", type=int, default=8888)
    parser.add_argument("--rtsp-port", type=int, default=8554)
    parser.add_argument("--web-rtc-port", type=int, default=8889)
    parser.add_argument("--cameras", type=int, help="in place of the scenario's number")
    parser.add_argument("--scenario", choices=SCENARIOS, default="day")
    parser.add_argument(
        "--cold-start",
        type=float,
        metavar="SECONDS",
        help="from the first viewer of a camera to its stream, in place of what it really takes",
    )
    parser.add_argument(
        "--protocols",
        type=_protocols,
        metavar="NAME,...",
        help=f"what video is served by, in place of the scenario's: {', '.join(PROTOCOLS)}",
    )
    parser.add_argument("--by-the-page", action="store_true", help="as documented, not as recorded")
    parser.add_argument("--quirk", type=_quirk, action="append", default=[], metavar="NAME=on|off")
    levels = ("debug", "info", "warning", "error")
    parser.add_argument("--log-level", choices=levels, default="warning")
    return parser.parse_args()


async def _live(simulator: Simulator, scenario: Scenario) -> None:
    while scenario.day is not None:
        await scenario.day(simulator)


def _simulator(arguments: argparse.Namespace, scenario: Scenario) -> Simulator:
    base = Quirks.by_the_page() if arguments.by_the_page else Quirks()
    world = scenario.world(arguments.cameras)
    world.protocols = arguments.protocols or world.protocols
    start = arguments.cold_start
    return Simulator(
        world,
        quirks=replace(base, **dict(arguments.quirk)),
        times=Times() if start is None else Times(process_start=start, rtsp_start=start),
    )


async def _run(arguments: argparse.Namespace) -> None:
    scenario = SCENARIOS[arguments.scenario]
    simulator = _simulator(arguments, scenario)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await simulator.start(
            arguments.host,
            arguments.port,
            hls_port=arguments.hls_port,
            rtsp_port=arguments.rtsp_port,
            web_rtc_port=arguments.web_rtc_port,
        )
    except OSError as error:
        await simulator.stop()
        sys.exit(f"Cannot listen: {error.strerror}")
    sys.stdout.write(
        f"Simulated NestMTX at {simulator.url} (nestmtx / nestmtx), "
        f"HLS on port {simulator.hls_port}, RTSP on port {simulator.rtsp_port}, "
        f"WebRTC on port {simulator.web_rtc_port}, "
        f"scenario {arguments.scenario}\n"
    )
    sys.stdout.flush()
    living = asyncio.create_task(_live(simulator, scenario))
    await stopped.wait()
    living.cancel()
    await asyncio.wait({living})
    await simulator.stop()


if __name__ == "__main__":
    options = _arguments()
    logging.basicConfig(level=options.log_level.upper())
    asyncio.run(_run(options))
