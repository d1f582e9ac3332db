"""Data of a malicious or broken server doesn't harm what a user sees."""

from collections.abc import Sequence
from dataclasses import replace
import logging
from pathlib import Path
import random
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.util import dt as dt_util
from hypothesis import given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Timings
from custom_components.nestmtx.const import DOMAIN
from custom_components.nestmtx.picture_store import Picture, picture_store_of
from tests.simulator import Simulator, World
from tests.simulator.scenario import recorded

from .bench import Bench
from .hostile import (
    CAMERA_CHANGES,
    CREDENTIAL_CHANGES,
    EVENTS,
    JSON,
    MAX_TEXT_LENGTH,
    MESSAGES,
    MORE_ROWS,
    NAMES,
    NO_CHECKSUMS,
    QUICK,
    SERVER_ANSWERS,
    TEXTS,
    camera_rows,
    credential_rows,
    is_plain,
    listing,
)
from .messages import event, message
from .proxy import FaultProxy

CAMERAS, CREDENTIALS, LIST, READ = "cameras", "credentials", "list", "read"


@pytest.fixture
def world() -> World:
    """A world with few cameras, which the data is about."""
    return recorded(5)


@pytest.fixture
def timings(timings: Timings) -> Timings:
    """Timings with everything requested all the time."""
    return replace(timings, resync=0.1, load=0.1)


def _errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """All errors, including those of handlers in the event loop."""
    return [
        f"{record.name}: {record.getMessage()}"
        for record in caplog.get_records("call")
        if record.levelno >= logging.ERROR
    ]


async def _turn(bench: Bench) -> None:
    """Start or stop the stream of camera 2, and wait until that is shown."""
    ready = bench.camera(2, "ready") != STATE_ON
    await bench.simulator.set_ready(2, ready=ready)
    await bench.until(lambda: bench.camera(2, "ready") == (STATE_ON if ready else STATE_OFF))


# Messages


@QUICK
@given(messages=MESSAGES)
async def test_any_payload_on_any_topic_is_harmless(
    bench: Bench, caplog: pytest.LogCaptureFixture, messages: Sequence[tuple[str, Sequence[Any]]]
) -> None:
    sids = bench.simulator.sids

    bench.proxy.inject(*(message(topic, *payloads) for topic, payloads in messages))
    await _turn(bench)

    assert _errors(caplog) == []
    assert bench.simulator.sids == sids
    bench.assert_kept()


@QUICK
@given(events=EVENTS)
async def test_any_event_is_harmless(
    bench: Bench, caplog: pytest.LogCaptureFixture, events: Sequence[dict[str, Any]]
) -> None:
    sids = bench.simulator.sids

    bench.proxy.inject(*(message(f"{each['domain']}:{each['event']}", each) for each in events))
    await _turn(bench)

    assert _errors(caplog) == []
    assert bench.simulator.sids == sids
    bench.assert_kept()


# Answers


@settings(QUICK, max_examples=6)
@given(
    cameras=CAMERA_CHANGES,
    credentials=CREDENTIAL_CHANGES,
    more=MORE_ROWS,
    read=st.none() | JSON,
)
async def test_invalid_rows_are_corrected_by_the_next_list(
    bench: Bench,
    caplog: pytest.LogCaptureFixture,
    cameras: Sequence[tuple[int, str, Any]],
    credentials: Sequence[tuple[int, str, Any]],
    more: Sequence[Any],
    read: Any,
) -> None:
    # Home Assistant would draw the same ids of new entities in each of Hypothesis's examples.
    random.seed()
    answers = bench.simulator.faults.answers
    await _turn(bench)
    rows = camera_rows(bench.world)
    answers[CAMERAS, LIST] = listing(rows, cameras, more)
    answers[CREDENTIALS, LIST] = listing(credential_rows(bench.world), credentials, more)
    answers[CAMERAS, READ] = rows[1] if read is None else read
    # Within the lag, a camera is also read or settled by a list.
    await bench.while_resyncing(times=5)

    answers.clear()
    await bench.until_true()

    assert _errors(caplog) == []
    assert bench.flows == []


@pytest.mark.parametrize("expires_at", ["9999-12-31T23:59:59.000Z", "2199-01-01T00:00:00.000Z"])
async def test_the_end_of_the_authorization_is_shown_only_while_it_is_listed(
    bench: Bench, expires_at: str
) -> None:
    rows = listing(camera_rows(bench.world), [(0, "expires_at", expires_at)])
    bench.simulator.faults.answers[CAMERAS, LIST] = rows
    year = expires_at[:4]
    await bench.until(lambda: str(bench.camera(1, "authorization_expires")).startswith(year))

    bench.simulator.faults.answers.clear()
    await bench.until_true()


async def test_the_end_of_the_authorization_from_an_event_is_corrected_by_a_list(
    bench: Bench,
) -> None:
    bench.proxy.inject(event("extended", 1, expiresAt="9999-12-31T23:59:59.000Z"))
    await bench.until(lambda: str(bench.camera(1, "authorization_expires")).startswith("9999"))

    await bench.until_true()


async def test_a_list_that_cannot_be_decoded_ends_the_connection_until_it_is_valid(
    bench: Bench,
) -> None:
    rows = listing(camera_rows(bench.world), [(0, "id", 10**400)])
    bench.simulator.faults.answers[CAMERAS, LIST] = rows
    await bench.until_unavailable()

    bench.simulator.faults.answers.clear()
    await bench.change_server()
    await bench.until_true()

    bench.assert_kept()
    bench.assert_lost_and_found_logged()


@pytest.mark.usefixtures("all_enabled")
@settings(QUICK, max_examples=4)
@given(answers=SERVER_ANSWERS)
async def test_invalid_server_data_is_corrected_by_the_next_answer(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    proxy: FaultProxy,
    caplog: pytest.LogCaptureFixture,
    answers: dict[tuple[str, str], Any],
) -> None:
    bench = Bench(hass, loaded_entry, simulator, proxy, caplog)
    simulator.faults.answers |= answers
    # The version is requested once per connection.
    await simulator.disconnect_all()
    await bench.until_back()
    await bench.while_resyncing()
    assert all(len(state) <= MAX_TEXT_LENGTH for state in bench.shown.values())

    simulator.faults.answers.clear()
    await bench.until(lambda: bench.shown["server_health"] == "healthy")
    await bench.until(lambda: bench.shown["server_cpu"].replace(".", "").isdigit())
    assert _errors(caplog) == []


# Names


def _texts(bench: Bench) -> list[str]:
    """Return the names of all devices and areas, and all states."""
    hass, entry_id = bench.hass, bench.entry.entry_id
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry_id)
    return [
        *(str(device.name) for device in devices),
        *(area.name for area in ar.async_get(hass).async_list_areas()),
        *(state.state for state in hass.states.async_all()),
    ]


def _unfit(texts: Sequence[str], longest: int = MAX_TEXT_LENGTH) -> list[str]:
    return [text[:99] for text in texts if len(text) > longest or not is_plain(text)]


def _name_all(world: World, names: Sequence[str]) -> None:
    for camera, name in zip(world.cameras.values(), names, strict=False):
        camera.name, camera.room = name, name
    for credential, name in zip(world.credentials.values(), names, strict=False):
        credential.description = name


async def test_names_are_plain_and_of_bounded_length(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    for number, name in enumerate(NAMES):
        bench.world.add_camera(name=name, room=name[:MAX_TEXT_LENGTH], uid=f"camera-{number}")
    newest = max(bench.world.cameras)

    await bench.until(lambda: bench.camera(newest, "ready") is not None)
    await bench.while_resyncing()

    states = bench.hass.states.async_all()
    assert _unfit(_texts(bench)) == []
    # Home Assistant appends the entity's name to the device's.
    names = [str(state.attributes["friendly_name"]) for state in states]
    assert _unfit(names, MAX_TEXT_LENGTH + len(" Stream authorization expires")) == []
    assert all(valid_entity_id(state.entity_id) for state in states)
    assert max(len(state.entity_id) for state in states) <= MAX_TEXT_LENGTH
    assert _errors(caplog) == []


@settings(QUICK, max_examples=6)
@given(names=st.lists(TEXTS, min_size=5, max_size=5))
async def test_a_name_may_change_to_any_other(
    bench: Bench, caplog: pytest.LogCaptureFixture, names: Sequence[str]
) -> None:
    _name_all(bench.world, names)
    await bench.while_resyncing(times=2)
    assert _unfit(_texts(bench)) == []

    _name_all(bench.world, "ABCDE")
    await bench.until_true()
    assert _errors(caplog) == []


def _pictures(hass: HomeAssistant) -> set[Path]:
    return set(Path(hass.config.config_dir).rglob("*.jpg"))


async def test_a_checksum_of_another_form_identifies_nothing(
    bench: Bench, hass: HomeAssistant
) -> None:
    rows = camera_rows(bench.world)
    more = [
        rows[0] | {"id": number, "checksum": checksum}
        for number, checksum in enumerate(NO_CHECKSUMS, 101)
    ]
    bench.simulator.faults.answers[CAMERAS, LIST] = listing(rows, more=more)

    await bench.until(lambda: f"camera_id-{more[-1]['id']}_ready" in bench.shown)

    keys = {camera.key for camera in bench.entry.runtime_data.coordinator.cameras}
    assert keys == {row["checksum"] for row in rows} | {f"id-{row['id']}" for row in more}
    store = picture_store_of(hass, bench.entry.entry_id)
    for key in keys:
        store.save(key, Picture(b"jpeg", dt_util.utcnow()))
    folder = Path(hass.config.cache_path(DOMAIN, bench.entry.entry_id))
    assert _pictures(hass) == {folder / f"{key}.jpg" for key in keys}
