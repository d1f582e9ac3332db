"""The cost of loading the integration, and whether its setup blocks the event loop."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
import logging
from pathlib import Path
from statistics import median
import sys

from homeassistant import block_async_io

from tests.soak.home_assistant import home, loaded

from .source import source
from .table import Figure, Goal, Line

_ROOT = Path(__file__).parents[2]
_PACKAGE = "custom_components.nestmtx"
_CORE = "homeassistant.bootstrap, homeassistant.components.camera, homeassistant.components.http"
"""Modules that a Home Assistant with any camera has imported."""
_BEGIN = "begin"
_IMPORTS = """
import {core}
import os, sys
for _ in range({rounds}):
    sys.stderr.write("{begin}\\n")
    sys.stderr.flush()
    if not os.fork():
        import {package}
        os._exit(0)
    os.wait()
"""
"""Core's modules take most of the time, so they are imported once, and the process is forked."""
_BLOCKS = "blocking call"


async def startup(rounds: int) -> AsyncGenerator[Line]:
    """Import in processes with only core's modules; then set up with the detector turned on."""
    own, full = zip(*await _import_times(rounds), strict=True)
    yield Figure("Import of the integration", median(own), "ms")
    yield Figure("The same with what only it imports", median(full), "ms")
    yield Figure("Blocking calls in a setup", await _blocking_calls(), "", goal=Goal("<=", 0))


async def _import_times(rounds: int) -> list[tuple[float, float]]:
    """Return the milliseconds of the package's own modules, and of all modules that it adds."""
    modules = [path.stem for path in sorted((_ROOT / _PACKAGE.replace(".", "/")).glob("*.py"))]
    script = _IMPORTS.format(
        core=_CORE,
        rounds=rounds,
        begin=_BEGIN,
        package=", ".join(f"{_PACKAGE}.{each}" for each in modules if each != "__init__"),
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "importtime", "-c", script), cwd=_ROOT, stderr=PIPE
    )
    _, output = await process.communicate()
    _, *parts = output.decode().split(f"{_BEGIN}\n")
    assert len(parts) == rounds
    return [_times(part) for part in parts]


def _times(report: str) -> tuple[float, float]:
    """Add up a report of imports: the package's own modules, and all."""
    own = full = 0.0
    for line in report.splitlines():
        # The module's own microseconds, those including its imports, and its name.
        itself, _, name = line.removeprefix("import time:").split("|")
        full += float(itself) / 1000
        if name.strip().startswith(_PACKAGE):
            own += float(itself) / 1000
    assert own
    return own, full


class _Reports(logging.Handler):
    """Counts the detector's reports."""

    def __init__(self) -> None:
        """Start at 0."""
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count a report."""
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
