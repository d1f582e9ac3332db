"""Image entities: the right time for each picture, and few states."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
import io
from itertools import groupby
from unittest.mock import patch

from homeassistant.components.camera import async_get_image
from homeassistant.components.image import async_get_image as async_get_still
from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.util import dt as dt_util
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import SnapshotOf, Until
from tests.pictures import taken_at
from tests.simulator import Simulator, Times
from tests.simulator.picture import HEIGHT, WIDTH

CAMERA = "front_yard_front_yard_cam"
FRONT = f"camera.{CAMERA}"
LAST_PICTURE = f"image.{CAMERA}_last_snapshot"
TAKE_PICTURE = f"button.{CAMERA}_take_snapshot"


@pytest.fixture
def times() -> Times:
    """Streams end when the last reader leaves, and have a key frame every second."""
    return replace(Times.fast(), close_after=0.2, key_frame_interval=3)


@pytest.fixture
def states(hass: HomeAssistant) -> Callable[[str], list[str]]:
    """The states written by an entity."""
    written: list[tuple[str, str]] = []

    @callback
    def keep(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            written.append((state.entity_id, state.state))

    hass.bus.async_listen("state_changed", keep)
    return lambda entity_id: [state for each, state in written if each == entity_id]


async def _pictures(hass: HomeAssistant, until: Until, count: int) -> None:
    """Wait for `count` new pictures of a watched camera."""
    for _ in range(count):
        former = taken_at(hass, FRONT)
        await until(lambda former=former: taken_at(hass, FRONT) != former)


async def test_each_image_is_as_in_the_snapshot(snapshot_of: SnapshotOf) -> None:
    await snapshot_of(Platform.IMAGE)


async def test_a_camera_without_a_picture_has_none(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert hass.states.get(LAST_PICTURE).state == STATE_UNKNOWN

    answer = await (await hass_client()).get(f"/api/image_proxy/{LAST_PICTURE}")

    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR


async def test_the_state_is_the_time_of_the_shown_picture(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    await hass.services.async_call("button", "press", {"entity_id": TAKE_PICTURE}, blocking=True)

    answer = await (await hass_client()).get(f"/api/image_proxy/{LAST_PICTURE}")

    assert datetime.fromisoformat(hass.states.get(LAST_PICTURE).state) == taken_at(hass, FRONT)
    assert dt_util.utcnow() - taken_at(hass, FRONT) < timedelta(seconds=10)
    content = await answer.read()
    assert content == (await async_get_image(hass, FRONT)).content
    assert Image.open(io.BytesIO(content)).size == (WIDTH, HEIGHT)


async def test_a_view_writes_one_state_for_all_its_pictures(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    states: Callable[[str], list[str]],
) -> None:
    await hass.services.async_call("button", "press", {"entity_id": TAKE_PICTURE}, blocking=True)
    await until(lambda: hass.states.get(FRONT).state == "idle")
    await until(lambda: not hass.states.get(FRONT).attributes["requested"])
    before, of_camera = len(states(LAST_PICTURE)), len(states(FRONT))

    with patch("custom_components.nestmtx.stills.INTERVAL", timedelta(0)):
        reader = await simulator.open_reader(1)
        await until(lambda: hass.states.get(FRONT).state == "streaming")
        await _pictures(hass, until, 2)
        shown = await async_get_still(hass, LAST_PICTURE)
        assert len(states(LAST_PICTURE)) == before
        assert shown.content != (await async_get_image(hass, FRONT)).content
        await simulator.close_reader(1, reader)
        await until(lambda: hass.states.get(FRONT).state == "idle")
        await asyncio.sleep(0.5)

    assert len(states(LAST_PICTURE)) == before + 1
    assert states(LAST_PICTURE)[-1] == taken_at(hass, FRONT).isoformat()
    # The camera is requested, starts, gets a viewer, and loses all of that again; pictures add no
    # states to it.
    of_view = states(FRONT)[of_camera:]
    assert len(of_view) <= 6
    assert [state for state, _ in groupby(of_view)][-2:] == ["streaming", "idle"]
    assert [state for state, _ in groupby(of_view)].count("streaming") == 1


async def test_a_long_stream_shows_a_new_picture_periodically(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    states: Callable[[str], list[str]],
) -> None:
    with (
        patch("custom_components.nestmtx.stills.INTERVAL", timedelta(0)),
        patch("custom_components.nestmtx.image.INTERVAL", timedelta(seconds=2)),
    ):
        reader = await simulator.open_reader(1)
        await until(lambda: len(states(LAST_PICTURE)) >= 2)
        await simulator.close_reader(1, reader)
        await until(lambda: hass.states.get(FRONT).state == "idle")

    first, second = (datetime.fromisoformat(each) for each in states(LAST_PICTURE)[:2])
    assert second - first >= timedelta(seconds=2)


async def test_a_withheld_picture_is_shown_when_the_stream_breaks_off(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await hass.services.async_call("button", "press", {"entity_id": TAKE_PICTURE}, blocking=True)
    before = hass.states.get(LAST_PICTURE).state
    with patch("custom_components.nestmtx.stills.INTERVAL", timedelta(0)):
        await simulator.open_reader(1)
        await _pictures(hass, until, 1)
    assert hass.states.get(LAST_PICTURE).state == before

    with patch("custom_components.nestmtx.image.SETTLED", 0.5):
        await hass.services.async_call(
            "switch", "turn_off", {"entity_id": f"switch.{CAMERA}_enabled"}, blocking=True
        )
        await until(lambda: hass.states.get(LAST_PICTURE).state != before)
    await asyncio.sleep(1)

    assert hass.states.get(LAST_PICTURE).state == taken_at(hass, FRONT).isoformat()


async def test_the_picture_and_its_time_are_kept_over_a_restart(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    await hass.services.async_call("button", "press", {"entity_id": TAKE_PICTURE}, blocking=True)
    taken, shown = taken_at(hass, FRONT), await async_get_still(hass, LAST_PICTURE)

    await hass.config_entries.async_reload(loaded_entry.entry_id)
    await hass.async_block_till_done()

    kept = datetime.fromisoformat(hass.states.get(LAST_PICTURE).state)
    assert abs(kept - taken) < timedelta(milliseconds=1)
    assert (await async_get_still(hass, LAST_PICTURE)).content == shown.content
