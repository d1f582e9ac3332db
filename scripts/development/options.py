"""What a run is asked to do."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
HIGHEST_PORT = 65535
# Home Assistant asks for a hyphen.
DASHBOARD = "nest-cameras"


class Account(NamedTuple):
    """Who logs in, and how."""

    user: str
    password: str

    def __str__(self) -> str:
        """Return what is to be typed in."""
        return f"{self.user}/{self.password}"


# Both servers listen on this machine only, so that everybody may know these.
HOME_ASSISTANT = Account("demo", "demo")
SIMULATOR = Account("nestmtx", "nestmtx")


@dataclass(frozen=True, kw_only=True)
class Options:
    """A run: where the two servers listen and keep their files, and what happens in them."""

    port: int
    simulator_port: int
    config: Path
    fresh: bool
    scenario: str
    cold_start: float
    protocols: str | None = None

    @property
    def url(self) -> str:
        """Home Assistant's address."""
        return f"http://{HOST}:{self.port}"

    @property
    def simulator_url(self) -> str:
        """The simulated server's address."""
        return f"http://{HOST}:{self.simulator_port}"


def parse(arguments: list[str]) -> Options:
    """Read the command line, or leave with an explanation."""
    parser = argparse.ArgumentParser(
        prog="scripts/develop",
        description="Start Home Assistant with nestmtx and a simulated NestMTX server.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--port", type=port, default=8123, help="Home Assistant's port")
    parser.add_argument("--simulator-port", type=port, default=2000, help="the server's port")
    parser.add_argument(
        "--config",
        type=lambda path: Path(path).resolve(),
        default=ROOT / ".cache" / "develop",
        metavar="DIR",
        help="Home Assistant's folder",
    )
    parser.add_argument("--fresh", action="store_true", help="empty that folder first")
    add_simulated(parser)
    return Options(**vars(parser.parse_args(arguments)))


def add_simulated(parser: argparse.ArgumentParser) -> None:
    """Add what is handed on to the simulator, which knows what is allowed."""
    group = parser.add_argument_group("the simulated server")
    group.add_argument(
        "--scenario",
        default="day",
        metavar="NAME",
        help="day: viewers come and go; recorded: cameras that nobody watches; statuses; empty",
    )
    group.add_argument(
        "--cold-start",
        type=float,
        default=3.0,
        metavar="SECONDS",
        help="from the first viewer of a camera to its stream",
    )
    group.add_argument(
        "--protocols",
        default=argparse.SUPPRESS,
        metavar="NAME,...",
        help="what video is served by, such as rtsp,hls,web_rtc, in place of the scenario's",
    )


def port(text: str) -> int:
    """Read a TCP port."""
    number = int(text)
    if not 0 < number <= HIGHEST_PORT:
        raise ValueError
    return number
