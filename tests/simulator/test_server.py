"""Behaviour missing from the recordings: refusals, lags, restarts, and the tests' controls."""

import asyncio
import base64
from collections.abc import AsyncIterator
import json

import aiohttp
import pytest
import socketio

from . import Quirks, Simulator, Times, recorded, statuses
from .devices import Json
from .probe import Probe, running, token_of, until

STATUSES = {
    "unconfigured",
    "disabled",
    "dead",
    "stopped",
    "unavailable",
    "starting",
    "running",
    "hibernating",
}


async def test_other_paths_are_not_found(simulator: Simulator) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{simulator.url}/api/cameras") as response,
    ):
        assert response.status == 404
        assert response.content_type == "text/plain"


async def test_first_token_wins(simulator: Simulator, client: Probe) -> None:
    await client.connect(
        simulator,
        headers={"Authorization": "Bearer junk"},
        auth={"token": token_of(simulator)},
    )
    request = {"command": "list", "module": "cameras", "requestId": "a", "payload": {}}
    [(_, [answer])] = await client.exchange(request)
    assert answer["error"]["message"] == "Unauthorized"


@pytest.fixture
async def documented(socket_enabled: None) -> AsyncIterator[Simulator]:
    """A server that behaves as documented."""
    quirks = Quirks.by_the_page()
    async with running(Simulator(recorded(), quirks=quirks, times=Times.fast())) as simulator:
        yield simulator


async def test_a_documented_server_refuses_unknown_tokens(
    documented: Simulator, client: Probe
) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(documented, auth={"token": "junk"})
    assert client.refusal == {"message": "Unauthorized"}


async def test_a_documented_server_accepts_more_requests(
    documented: Simulator, client: Probe
) -> None:
    """Any valid token works, a list needs no payload, errors have an id and no context."""
    headers = {"Authorization": "Bearer junk"}
    await client.connect(documented, headers=headers, auth={"token": token_of(documented)})
    request = {"command": "list", "module": "users", "requestId": "a"}
    [(_, [answer])] = await client.exchange(request)
    assert answer["total"] == 1
    [(event, [answer])] = await client.exchange(request | {"foo": 1})
    assert (event, answer["error"]["context"]) == ("a", {})


async def test_a_documented_server_names_events_differently(
    documented: Simulator, client: Probe
) -> None:
    await client.connect(documented, auth={"token": token_of(documented)})
    await documented.fire("camera", "undemand", 1)
    await until(lambda: len(client.without_logs) == 3)
    names = [event for event, _ in client.without_logs]
    assert names == ["camera:unDemand", "camera:*", "nestmtx:*"]
    assert list(client.without_logs[0][1][0]) == ["domain", "event", "entity", "details"]


async def test_statuses(socket_enabled: None, client: Probe) -> None:
    async with running(Simulator(statuses(), times=Times.fast())) as simulator:
        await client.connect(simulator, auth={"token": token_of(simulator)})
        request = {"command": "list", "module": "cameras", "requestId": "a", "payload": {}}
        [(_, [answer])] = await client.exchange(request)
    assert {row["status"] for row in answer["items"]} == STATUSES


async def test_rows_lag_behind_events(simulator: Simulator, client: Probe) -> None:
    await client.connect(simulator, auth={"token": token_of(simulator)})
    request = {"command": "read", "module": "cameras", "requestId": "a", "entity": "1"}
    await simulator.set_ready(1, ready=True)
    await until(lambda: "camera:ready" in client.events())
    [(_, [row])] = await client.exchange(request)
    assert (row["stream_ready"], row["status"]) == (False, "unavailable")
    await asyncio.sleep(simulator.times.stream_lag)
    [(_, [row])] = await client.exchange(request)
    assert (row["stream_ready"], row["status"]) == (True, "running")
    await simulator.set_ready(1, ready=False)
    [(_, [row])] = await client.exchange(request | {"requestId": "b"})
    assert (row["stream_ready"], row["status"]) == (True, "dead")


async def test_restart_keeps_world_and_ports(simulator: Simulator, client: Probe) -> None:
    token = token_of(simulator)
    await client.connect(simulator, auth={"token": token})
    url = simulator.url
    await simulator.kill()
    await until(lambda: not client.sio.connected)
    assert simulator.connections == 0
    await simulator.start()
    assert simulator.url == url
    request = {"command": "list", "module": "cameras", "requestId": "a", "payload": {}}
    async with Probe() as again:
        await again.connect(simulator, auth={"token": token})
        [(_, [answer])] = await again.exchange(request)
    assert answer["total"] == 23


async def test_authorization_by_redirect_query(simulator: Simulator, client: Probe) -> None:
    await client.connect(simulator, auth={"token": token_of(simulator)})
    query = {
        "state": base64.b64encode(b'{"id": 2}').decode(),
        "code": "4/abc",
        "scope": "https://www.googleapis.com/auth/sdm.service",
        "prompt": "consent",
        "origin": "http://192.168.1.5:2000",
    }
    request = {"command": "read", "module": "credentials", "requestId": "a"}
    unknown = query | {"iss": "https://accounts.google.com"}
    [(_, [answer])] = await client.exchange(request | {"entity": encoded(unknown)})
    assert answer["error"]["message"] == "errors.credentials.authorize.malformed"
    await client.exchange(request | {"entity": encoded(query)})
    await until(lambda: ("a", [{"success": True}]) in client.frames)
    assert client.events("credentials:") == ["credentials:authenticated"]
    assert simulator.world.credentials[2].tokens is not None


def encoded(query: Json) -> str:
    return base64.b64encode(json.dumps(query).encode()).decode()


async def test_faults(simulator: Simulator, client: Probe) -> None:
    await client.connect(simulator, auth={"token": token_of(simulator)})
    request = {"command": "list", "module": "cameras", "requestId": "a", "payload": {}}
    simulator.faults.answers["cameras", "list"] = "nonsense"
    assert await client.exchange(request) == [("a", ["nonsense"])]
    simulator.faults.answers.clear()
    simulator.faults.unauthorized = True
    [(_, [answer])] = await client.exchange(request)
    assert answer["error"]["message"] == "Unauthorized"
    simulator.faults.silent = True
    client.frames.clear()
    await client.sio.emit("request", request)
    await until(lambda: len(simulator.requests) == 3)
    await asyncio.sleep(0.02)
    assert client.without_logs == []
