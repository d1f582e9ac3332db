"""The integration's entry, created through its config flow."""

import asyncio
from collections.abc import Mapping
from typing import Any

from .api import Api
from .failure import Failure
from .options import HOST, SIMULATOR
from .polling import INTERVAL

DOMAIN = "nestmtx"
TITLES = {"NestMTX", HOST}
"""Titles of the entry: the integration's name if it is the first, else its host."""
FLOWS = "/api/config/config_entries/flow"
LOAD_LOOKS = 120
# Final states.
BROKEN = {"setup_error", "migration_error", "failed_unload"}

type Values = Mapping[str, Any]


def server(port: int) -> dict[str, Any]:
    """Return the form's values for the simulated server."""
    return {
        "host": HOST,
        "port": port,
        "ssl": False,
        "verify_ssl": False,
        "username": SIMULATOR.user,
        "password": SIMULATOR.password,
    }


def fill_in(fields: list[dict[str, Any]], values: Values) -> dict[str, Any]:
    """Return the values for a form's fields, including those in sections."""
    answers: dict[str, Any] = {}
    for field in fields:
        name = field["name"]
        if field.get("type") == "expandable":
            answers[name] = fill_in(field["schema"], values)
        elif name in values:
            answers[name] = values[name]
        elif field.get("required") and "default" not in field:
            raise Failure(f"{DOMAIN}'s form asks for {name}, which scripts/develop does not know")
    return answers


async def add(home: Api, port: int) -> None:
    """Add the simulated server through the form."""
    step = await home.post(FLOWS, {"handler": DOMAIN})
    while step["type"] == "form":
        if step.get("errors"):
            raise Failure(f"{DOMAIN}'s form says: {await describe(home, step['errors'])}")
        answers = fill_in(step["data_schema"], server(port))
        step = await home.post(f"{FLOWS}/{step['flow_id']}", answers)
    if step["type"] != "create_entry":
        raise Failure(f"{DOMAIN} could not be added: {step.get('reason', step['type'])}")


async def describe(home: Api, errors: Mapping[str, str]) -> str:
    """Return a form's errors, translated."""
    answer = await home.command(
        "frontend/get_translations", language="en", category="config", integration=[DOMAIN]
    )
    sentences: dict[str, str] = answer["resources"]
    return "; ".join(
        f"{field}: {sentences.get(f'component.{DOMAIN}.config.error.{error}', error)}"
        for field, error in errors.items()
    )


async def find(home: Api) -> list[dict[str, Any]]:
    """Return the entries of the simulated server; other titles are the developer's own entries."""
    entries = await home.command("config_entries/get", domain=DOMAIN)
    return [entry for entry in entries if entry["title"] in TITLES]


async def wait_loaded(home: Api) -> None:
    """Wait until the entry is loaded. Raises Failure if setup fails."""
    entries: list[dict[str, Any]] = []
    for _ in range(LOAD_LOOKS):
        entries = await find(home)
        states = {entry["state"] for entry in entries}
        if states == {"loaded"}:
            return
        if states & BROKEN:
            break
        await asyncio.sleep(INTERVAL)
    reasons = (f"{entry['state']}, {entry['reason'] or 'see the log'}" for entry in entries)
    raise Failure(f"{DOMAIN} was not set up: {'; '.join(reasons)}")


async def remove(home: Api, entries: list[dict[str, Any]]) -> None:
    """Remove entries."""
    for entry in entries:
        await home.delete(f"/api/config/config_entries/entry/{entry['entry_id']}")


async def remove_suggestions(home: Api) -> None:
    """Remove entries that onboarding adds, such as a weather service, as they are not needed."""
    entries = await home.command("config_entries/get")
    await remove(home, [entry for entry in entries if entry["source"] == "onboarding"])
