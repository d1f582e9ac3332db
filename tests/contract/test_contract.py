"""Requirements of the client on any NestMTX server."""

import asyncio
from dataclasses import replace
import secrets

import aiohttp
import pytest

from custom_components.nestmtx.client import (
    Account,
    InvalidAuth,
    RequestError,
    Timings,
    verify_account,
)
from custom_components.nestmtx.client.connection.connection import Connection
from custom_components.nestmtx.client.connection.fetch import list_all, read, version
from custom_components.nestmtx.client.data.parsing import parse_camera, parse_credential
from tests.contract.conftest import writes

# Logging in and connecting


async def test_the_right_password_gives_a_valid_token(token: str) -> None:
    assert token


async def test_a_wrong_password_is_refused(http: aiohttp.ClientSession, account: Account) -> None:
    with pytest.raises(InvalidAuth):
        await verify_account(http, replace(account, password=secrets.token_urlsafe()), Timings())


async def test_a_bad_token_is_refused_on_connecting_or_requesting(
    http: aiohttp.ClientSession, account: Account
) -> None:
    connection = Connection(http, Timings(), lambda _topic, _payload: None)

    async def connect_and_ask() -> None:
        await connection.connect(account.address, "oat_bad")
        await connection.request("list", "cameras", payload={"page": 1, "itemsPerPage": 1})

    with pytest.raises(InvalidAuth):
        await connect_and_ask()

    await connection.close()


# Reading


@pytest.mark.parametrize("module", ["cameras", "credentials", "users", "cronjobs"])
async def test_a_module_is_listed_completely(connection: Connection, module: str) -> None:
    listing = await list_all(connection, module)

    assert listing.complete


@pytest.mark.parametrize("module", ["cameras", "users"])
async def test_a_row_is_read_as_it_is_listed(connection: Connection, module: str) -> None:
    listed = (await list_all(connection, module)).rows[0]

    row = await read(connection, module, listed["id"])

    assert row.keys() == listed.keys()
    assert row["id"] == listed["id"]


async def test_every_camera_parses_without_a_problem(connection: Connection) -> None:
    for row in (await list_all(connection, "cameras")).rows:
        assert not parse_camera(row).problems


async def test_every_credential_parses_without_a_problem(connection: Connection) -> None:
    for row in (await list_all(connection, "credentials")).rows:
        assert not parse_credential(row).problems


async def test_the_server_reports_its_version(connection: Connection) -> None:
    assert (await version(connection)).release


async def test_the_server_reports_its_health(connection: Connection) -> None:
    assert "healthy" in await connection.request("list", "health")


async def test_the_server_reports_its_load(connection: Connection) -> None:
    assert {"cpu", "memory", "processes"} <= (await connection.request("list", "htop")).keys()


async def test_concurrent_requests_get_their_own_answers(
    connection: Connection,
) -> None:
    rows = (await list_all(connection, "users")).rows

    users = await asyncio.gather(*(read(connection, "users", row["id"]) for row in rows))

    assert [user["id"] for user in users] == [row["id"] for row in rows]


async def test_an_unknown_row_is_an_error(connection: Connection) -> None:
    with pytest.raises(RequestError, match="Row not found"):
        await read(connection, "cameras", 99_999_999)


async def test_an_unknown_module_is_an_error(connection: Connection) -> None:
    with pytest.raises(RequestError, match="not initialized"):
        await connection.request("list", "nosuch")


async def test_an_unsupported_command_is_an_error(connection: Connection) -> None:
    with pytest.raises(RequestError, match="does not implement a delete method"):
        await connection.request("delete", "cameras", entity="1")


# Changing


@writes
async def test_a_user_is_created_and_deleted(connection: Connection) -> None:
    name = f"contract-{secrets.token_hex(4)}"
    payload = {"username": name, "password": secrets.token_urlsafe(), "can_login": False}

    await connection.request("create", "users", payload=payload)
    rows = {row["username"]: row for row in (await list_all(connection, "users")).rows}
    assert rows[name]["can_login"] is False

    await connection.request("delete", "users", entity=str(rows[name]["id"]))
    rows = {row["username"]: row for row in (await list_all(connection, "users")).rows}
    assert name not in rows


@writes
async def test_updating_a_camera_with_its_own_settings_changes_nothing(
    connection: Connection,
) -> None:
    rows = (await list_all(connection, "cameras")).rows
    before = next(row for row in rows if row["mtx_path"] and row["is_enabled"])
    payload = {name: before[name] for name in ("mtx_path", "is_enabled", "is_persistent")}

    await connection.request("update", "cameras", entity=str(before["id"]), payload=payload)

    after = await read(connection, "cameras", before["id"])
    assert {name: after[name] for name in payload} == payload
