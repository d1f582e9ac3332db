"""Secrets in all spellings are masked in the log, entities and answers."""

from collections.abc import AsyncGenerator
import json
import logging
from typing import Any
from unittest.mock import patch

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.nestmtx.const import CONF_LOG_LEVEL, CONF_WEB_RTC
from custom_components.nestmtx.diagnostics import async_get_config_entry_diagnostics
from custom_components.nestmtx.rate_limit import RateLimit
from custom_components.nestmtx.server_log import SERVER_LOGGER
from tests.conftest import Until
from tests.simulator import Simulator

from .calling import call
from .spellings import HIDDEN, NAMES, PLAIN

pytestmark = pytest.mark.usefixtures("all_enabled")

LOG = "event.127_0_0_1_log"
END = "that was all"


def _shown(texts: list[str]) -> list[str]:
    """Return the texts that contain a secret or a part of one."""
    return [text for text in texts if "S3C" in text]


@pytest.fixture
async def logged(
    hass: HomeAssistant,
    all_enabled: None,
    entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> AsyncGenerator[tuple[list[str], list[str]]]:
    """Return all spellings as shown by the log entity and Home Assistant's log."""
    caplog.set_level(logging.DEBUG, SERVER_LOGGER.name)
    options = {CONF_LOG_LEVEL: "debug", CONF_WEB_RTC: False}
    hass.config_entries.async_update_entry(entry, options=options)
    states: list[str] = []

    @callback
    def see(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == LOG and event.data["new_state"] is not None:
            states.append(json.dumps(dict(event.data["new_state"].attributes)))

    with (
        patch("custom_components.nestmtx.server_log.MAX_LINES", 10_000),
        patch("custom_components.nestmtx.event.NestMTXLog._rate_limit", RateLimit(10_000)),
    ):
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        hass.bus.async_listen("state_changed", see)
        for text in (*HIDDEN, *PLAIN):
            await simulator.log("warning", text, "streamer")
        for text in HIDDEN:
            line = {"level": 30, "msg": "who", "service": text, "hostname": text, "pid": 1}
            await simulator.emit("log", line)
        await simulator.log("warning", END, "streamer")
        await until(lambda: any(END in state for state in states))
    yield states, [record.getMessage() for record in caplog.records]
    await hass.config_entries.async_unload(entry.entry_id)


async def test_lines_of_the_log_show_no_secret_and_all_else(
    logged: tuple[list[str], list[str]],
) -> None:
    states, lines = logged

    assert len(states) > 2 * len(HIDDEN)
    assert _shown(states) == _shown(lines) == []
    for text in PLAIN:
        assert any(json.dumps(text) in state for state in states), text
        assert any(text in line for line in lines), text


async def test_answers_of_actions_show_no_secret_and_all_else(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    fields = [{name: "S3CRET"} for name in NAMES]
    nested = [{name: {"deep": ["S3CRET"]}} for name in NAMES]
    answer = {"texts": [*HIDDEN, *PLAIN], "fields": fields, "nested": nested}
    simulator.faults.answers["widgets", "read"] = answer

    shown = await call(hass, "read", "widgets", entity="1")

    assert _shown([json.dumps(value) for value in (*shown["texts"], *shown["fields"])]) == []
    assert _shown([json.dumps(value) for value in shown["nested"]]) == []
    assert shown["texts"][len(HIDDEN) :] == list(PLAIN)


async def test_errors_of_actions_show_no_secret(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    for text in HIDDEN:
        error: dict[str, Any] = {"message": text, "details": [{"message": text}]}
        simulator.faults.answers["widgets", "read"] = {"error": error}

        with pytest.raises(HomeAssistantError) as raised:
            await call(hass, "read", "widgets", entity="1")

        cause = raised.value.__cause__
        assert "S3C" not in f"{raised.value}{cause!r}{vars(cause)}", text


async def test_details_of_events_show_no_secret(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, "state_changed")
    for text in HIDDEN:
        details = {"path": text, "readerId": text, "sourceType": text, "error": {"message": text}}
        await simulator.fire("camera", "failed-extension", 1, details)
    await simulator.fire("camera", "hibernated", 1)
    await simulator.fire("camera", "extended", 1)

    activity = "event.front_yard_front_yard_cam_activity"
    await until(
        lambda: hass.states.get(activity).attributes.get("event_type") == "extended",
    )
    states = [str(change.data["new_state"].attributes) for change in changes]
    assert any("REDACTED" in state for state in states)
    assert _shown(states) == []


async def test_diagnostics_mask_secrets_in_descriptions(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    texts = [text for text in HIDDEN if len(text) < 255]
    for number, text in enumerate(texts):
        credential = simulator.world.add_credential(str(number))
        credential.description = text
    coordinator = loaded_entry.runtime_data.coordinator
    await until(lambda: len(coordinator.credentials) >= len(texts))

    diagnostics = await async_get_config_entry_diagnostics(hass, loaded_entry)

    assert len(diagnostics["credentials"]) >= len(texts)
    assert _shown([str(each) for each in diagnostics["credentials"]]) == []
    assert {each["status"] for each in diagnostics["credentials"]} >= {"authenticated"}
