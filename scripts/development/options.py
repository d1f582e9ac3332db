"""The options of a run."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
HIGHEST_PORT = 65535
# Home Assistant requires a hyphen.
DASHBOARD = "nest-cameras"


class Account(NamedTuple):
    """A username and password."""

    user: str
    password: str

    def __str__(self) -> str:
        """Return the username and password to enter."""
        return f"{self.user}/{self.password}"


# Not secret, as both servers listen only on this machine.
HOME_ASSISTANT = Account("demo", "demo")
SIMULATOR = Account("nestmtx", "nestmtx")


@dataclass(frozen=True, kw_only=True)
class Options:
    """A run's options: the ports and folders of the two servers, and the simulator's scenario."""

    port: int
    simulator_port: int
    config: Path
    fresh: bool
    scenario: str
    cold_start: float
    protocols: str | None = None
    components: Path | None = None

    @property
    def url(self) -> str:
        """The URL of Home Assistant."""
        return f"http://{HOST}:{self.port}"

    @property
    def simulator_url(self) -> str:
        """The URL of the simulated server."""
        return f"http://{HOST}:{self.simulator_port}"


def parse(arguments: list[str]) -> Options:
    """Parse the command line, or exit with an explanation."""
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
    parser.add_argument(
        "--components",
        type=lambda path: Path(path).resolve(),
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="a folder of more custom integrations",
    )
    parser.add_argument("--fresh", action="store_true", help="empty that folder first")
    add_simulated(parser)
    return Options(**vars(parser.parse_args(arguments)))


def add_simulated(parser: argparse.ArgumentParser) -> None:
    """Add the options passed on to the simulator, which validates them."""
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
    """Parse a TCP port."""
    number = int(text)
    if not 0 < number <= HIGHEST_PORT:
        raise ValueError
    return number
