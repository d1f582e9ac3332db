"""Home Assistant's process."""

from pathlib import Path
import sys

from .api import Api
from .child import Command
from .polling import wait_for

NAME = "Home Assistant"
RUNNING_TIMEOUT = 600.0

STUBS = Path(__file__).parent / "stubs"
STUBBED_PACKAGES = ("pymicro-vad", "pyspeex-noise")

# Home Assistant's exit code for the Restart button, which loads changed code.
RESTART_EXIT_CODE = 100


def command(folder: Path) -> Command:
    """Return the command that starts Home Assistant with a configuration folder."""
    return Command(
        name=NAME,
        arguments=[
            *(sys.executable, "-m", "homeassistant"),
            *("--config", str(folder)),
            *("--skip-pip-packages", ",".join(STUBBED_PACKAGES)),
            "--log-no-color",
        ],
        environment={
            # The stubs take precedence over installed packages.
            "PYTHONPATH": str(STUBS),
            # Home Assistant installs with uv: let it trust the system's certificates.
            "UV_SYSTEM_CERTS": "true",
        },
        restart_code=RESTART_EXIT_CODE,
    )


async def wait_running(home: Api) -> None:
    """Wait until Home Assistant has started."""

    async def running() -> bool | None:
        config = await home.command("get_config")
        return True if config["state"] == "RUNNING" else None

    await wait_for(f"{NAME}'s start", running, seconds=RUNNING_TIMEOUT)
