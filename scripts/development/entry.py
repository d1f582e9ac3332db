"""The integration's entry, made through Home Assistant's own form."""

import asyncio
from collections.abc import Mapping
from typing import Any

from .api import Api
from .failure import Failure
from .options import HOST, SIMULATOR
from .polling import INTERVAL

DOMAIN = "nestmtx"
TITLES = {"NestMTX", HOST}
"""What the entry is called: as the integration if it is the first, and else by its host."""
FLOWS = "/api/config/config_entries/flow"
LOAD_LOOKS = 120
# States that no further wait changes.
BROKEN = {"setup_error", "migration_error", "failed_unload"}

type Values = Mapping[str, Any]


def server(port: int) -> dict[str, Any]:
    """List what the form is told about the simulated server."""
    return {
        "host": HOST,
        "port": port,
        "ssl": False,
        "verify_ssl": False,
        "username": SIMULATOR.user,
        "password": SIMULATOR.password,
    }


def fill_in(fields: list[dict[str, Any]], values: Values) -> dict[str, Any]:
    """Answer the fields that a form has; a section holds fields of its own."""
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
    """Add the simulated server, as a user would."""
    step = await home.post(FLOWS, {"handler": DOMAIN})
    while step["type"] == "form":
        if step.get("errors"):
            raise Failure(f"{DOMAIN}'s form says: {await describe(home, step['errors'])}")
        answers = fill_in(step["data_schema"], server(port))
        step = await home.post(f"{FLOWS}/{step['flow_id']}", answers)
    if step["type"] != "create_entry":
        raise Failure(f"{DOMAIN} could not be added: {step.get('reason', step['type'])}")


async def describe(home: Api, errors: Mapping[str, str]) -> str:
    """Say a form's errors as the page would."""
    answer = await home.command(
        "frontend/get_translations", language="en", category="config", integration=[DOMAIN]
    )
    sentences: dict[str, str] = answer["resources"]
    return "; ".join(
        f"{field}: {sentences.get(f'component.{DOMAIN}.config.error.{error}', error)}"
        for field, error in errors.items()
    )


async def find(home: Api) -> list[dict[str, Any]]:
    """Read the simulated server's entry; others are the developer's, and have other titles."""
    entries = await home.command("config_entries/get", domain=DOMAIN)
    return [entry for entry in entries if entry["title"] in TITLES]


async def wait_loaded(home: Api) -> None:
    """Wait until the integration works."""
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
    """Remove what onboarding adds by itself, such as a weather service: not needed here."""
    entries = await home.command("config_entries/get")
    await remove(home, [entry for entry in entries if entry["source"] == "onboarding"])
