"""One camera, at about a tenth of the server's times."""

from collections.abc import Generator
from dataclasses import replace
from unittest.mock import patch

import pytest

from custom_components.nestmtx.client import Timings
from tests.conftest import TIMINGS, Until
from tests.simulator import Camera, Times, World, probe
from tests.simulator.scenario import recorded


@pytest.fixture
def world() -> World:
    """A world with one camera."""
    return recorded(1)


@pytest.fixture
def times() -> Times:
    """The server's timings, about ten times as fast."""
    return replace(
        Times.fast(),
        control_process=0.1,
        process_restart=0.15,
        control_cut=0.2,
        late_undemand=0.7,
        process_start=0.5,
        rtsp_start=0.5,
        close_after=0.3,
        start_timeout=6.0,
        demand_repeat=60.0,
    )


@pytest.fixture
def timings() -> Timings:
    """The client's timings, with little more time than the server needs."""
    return replace(TIMINGS, late_undemand=1.0, settle_timeout=4.0, start_timeout=6.0)


@pytest.fixture
def short_times(timings: Timings) -> Generator[Timings]:
    """Let the integration use these timings."""
    with patch("custom_components.nestmtx.coordinator.TIMINGS", timings):
        yield timings


@pytest.fixture
def until() -> Until:
    """Wait until a condition is true, without waiting for pending tasks."""
    return probe.until


@pytest.fixture
def camera(world: World) -> Camera:
    """The camera."""
    return world.cameras[1]
