"""What loading the integration costs, and whether setting it up blocks the loop."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
import logging
from pathlib import Path
from statistics import median
import sys

from homeassistant import block_async_io

from tests.soak.house import home, loaded

from .source import source
from .table import Figure, Goal, Line

_ROOT = Path(__file__).parents[2]
_PACKAGE = "custom_components.nestmtx"
_CORE = "homeassistant.bootstrap, homeassistant.components.camera, homeassistant.components.http"
"""What a Home Assistant with any camera has imported."""
_BLOCKS = "blocking call"


async def startup(rounds: int) -> AsyncGenerator[Line]:
    """Import in fresh processes; then set up with Home Assistant's detector on."""
    pairs = [await _import_times() for _ in range(rounds)]
    yield Figure("Import of the integration", median(own for own, _ in pairs), "ms")
    yield Figure("The same with what only it imports", median(full for _, full in pairs), "ms")
    yield Figure("Blocking calls in a set-up", await _blocking_calls(), "", goal=Goal("<=", 0))


async def _import_times() -> tuple[float, float]:
    """Return the milliseconds of the package's own modules, and of all that it adds to core's."""
    platforms = sorted(path.stem for path in (_ROOT / _PACKAGE.replace(".", "/")).glob("*.py"))
    modules = ", ".join(f"{_PACKAGE}.{each}" for each in platforms if each != "__init__")
    script = f"import {_CORE}\nimport sys\nsys.stderr.write('begin\\n')\nimport {modules}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "importtime", "-c", script), cwd=_ROOT, stderr=PIPE
    )
    _, output = await process.communicate()
    own = full = 0.0
    for line in output.decode().partition("begin\n")[2].splitlines():
        # Its own microseconds, those with what it imports, and the name.
        itself, _, name = line.removeprefix("import time:").split("|")
        full += float(itself) / 1000
        if name.strip().startswith(_PACKAGE):
            own += float(itself) / 1000
    assert own
    return own, full


class _Reports(logging.Handler):
    """Counts what the detector says."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self.count += _BLOCKS in record.getMessage()


async def _blocking_calls() -> int:
    reports, log = _Reports(), logging.getLogger("homeassistant.util.loop")
    log.addHandler(reports)
    block_async_io.enable()
    try:
        async with (
            source(10) as server,
            home() as hass,
            loaded(hass, server.address.host, server.address.port),
        ):
            pass
    finally:
        log.removeHandler(reports)
    return reports.count
