"""The simulator against the recordings: the same requests need equivalent answers."""

from collections.abc import AsyncIterator
import copy
from dataclasses import replace
import json
from pathlib import Path
import re
from typing import Any

import aiohttp
import pytest

from tests.simulator import Quirks, Simulator, Times, Trouble, World, recorded
from tests.simulator.offers import FRONT, http_of, watch
from tests.simulator.probe import Probe, running, token_of, until
from tests.simulator.records import Process, Stream
from tests.simulator.viewer import Viewer

type Json = dict[str, Any]

RECORDINGS = Path(__file__).parent.parent / "recordings"
OPEN_ENDED = {"gstreamer", "ffmpeg"}
"""Texts of other programs, which the recordings shorten."""
BARE = {
    "credentials update origin (no tokens -> Google OAuth URL)",
    "credentials update origin (with tokens -> partnerconnections URL)",
    "credentials create good",
}


def recording(name: str) -> list[Json]:
    entries: list[Json] = json.loads((RECORDINGS / f"{name}.json").read_text())
    return entries


def exchanges(name: str) -> list[Json]:
    """Return the recorded requests over a socket that were answered."""
    return [entry for entry in recording(name) if entry.get("emitted") and entry.get("received")]


def labelled(entries: list[Json]) -> pytest.MarkDecorator:
    """Parametrize a test by entry, with its label as id."""
    return pytest.mark.parametrize("entry", entries, ids=[entry["label"] for entry in entries])


def shape(value: Any, *, key: str = "") -> Any:
    """Return the comparable structure of an answer: keys, types, and texts of messages."""
    if isinstance(value, dict):
        return {name: shape(item, key=name) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    if key in ("message", "type", "label", "key", "username", "requestId", "command", "module"):
        return re.sub(r"values \(.*\) -", "values -", value) if isinstance(value, str) else value
    if isinstance(value, bool) or value is None:
        return value
    return "number" if isinstance(value, int | float) else "text"


@pytest.fixture
def world() -> World:
    """The recorded world, with the protocol ports of the recording."""
    return recorded()


@pytest.fixture
async def simulator(socket_enabled: None, world: World) -> AsyncIterator[Simulator]:
    async with running(Simulator(world, times=Times.fast())) as simulator:
        world.ports |= {"hls": 8888, "rtsp": 8554, "web_rtc": 8889}
        yield simulator


@pytest.fixture
async def client() -> AsyncIterator[Probe]:
    async with Probe() as probe:
        yield probe


@labelled([entry for entry in recording("login") if "request" in entry])
async def test_http_login(simulator: Simulator, entry: Json) -> None:
    headers = {}
    if entry["request"]["headers"]:
        headers["Authorization"] = f"Bearer {token_of(simulator)}"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{simulator.url}/api/auth", json=entry["request"]["json"]) as response,
    ):
        assert response.status == entry["status"]
        answer = await response.json()
    expected = copy.deepcopy(entry["body"])
    for body in (answer, expected):
        if "error" in body:
            body["error"]["context"]["requestId"] = "x"
    assert shape(answer) == shape(expected)
    assert list(answer) == list(expected)
    assert simulator.logins == (entry["status"] == 201)


@labelled(exchanges("login"))
async def test_socket_login(simulator: Simulator, client: Probe, entry: Json) -> None:
    authenticated = "while authenticated" in entry["label"]
    await client.connect(simulator, auth={"token": token_of(simulator)} if authenticated else None)
    await compare(client, entry)


@pytest.mark.parametrize("name", ["invalid_requests", "lists", "reads"])
async def test_exchanges(simulator: Simulator, client: Probe, name: str) -> None:
    await client.connect(simulator, auth={"token": token_of(simulator)})
    for entry in exchanges(name):
        await compare(client, entry)


async def test_updates(simulator: Simulator, client: Probe) -> None:
    """The updates are sequential, as recorded: each depends on the previous ones."""
    await client.connect(simulator, auth={"token": token_of(simulator)})
    for entry in exchanges("updates"):
        await compare(client, entry)
        if entry["label"] == "cameras update: is_enabled OMITTED (docs: required)":
            camera = simulator.world.cameras[7]
            assert (camera.path, camera.enabled, camera.persistent) == ("living-2", False, False)


async def compare(client: Probe, entry: Json) -> None:
    """Send a recorded request, and compare the answer."""
    answer = await client.exchange(entry["emitted"][1])
    expected = [(received["event"], received["args"]) for received in entry["received"]]
    for frames in (answer, expected):
        for _, args in frames:
            if isinstance(args[0], dict):
                normalize(args[0])
    label = entry["label"]
    assert [event for event, _ in answer] == [event for event, _ in expected], label
    assert [shape(args) for _, args in answer] == [shape(args) for _, args in expected], label


def normalize(answer: Json) -> None:
    """Remove values that differ between machines."""
    for row in answer.get("cpu", []):
        row.update(dict.fromkeys(row, 0))
    for key in OPEN_ENDED & answer.keys():
        answer[key] = answer[key][:20]


@labelled([entry for entry in exchanges("updates") if entry["label"] in BARE])
async def test_bare_answers(simulator: Simulator, client: Probe, entry: Json) -> None:
    """A URL or a number has to be identical."""
    await client.connect(simulator, auth={"token": token_of(simulator)})
    [(_, answer)] = await client.exchange(entry["emitted"][1])
    assert answer == entry["received"][0]["args"]


@labelled(recording("connect"))
async def test_connect(simulator: Simulator, client: Probe, entry: Json) -> None:
    token = "junk" if "junk" in entry["label"] else token_of(simulator)
    options: Json = {}
    if entry["label"].startswith("Authorization"):
        options = {"headers": {"Authorization": f"Bearer {token}"}}
    elif entry["label"].startswith("auth"):
        options = {"auth": {"token": token}}
    elif entry["label"].startswith("query"):
        options = {"query": token}
    await client.connect(simulator, **options)
    assert client.refusal is None
    for name in ("list_cameras", "list_health"):
        [(event, args)] = await client.exchange(entry[name]["emitted"][1])
        [expected] = entry[name]["received"]
        assert event == expected["event"]
        if isinstance(expected["args"], list):
            assert shape(args) == shape(expected["args"])
        else:
            assert args[0]["total"] == 23


@labelled([entry for entry in recording("events") if entry["received"]])
async def test_events(simulator: Simulator, client: Probe, entry: Json) -> None:
    """Each event is sent three times, with the recorded keys."""
    await client.connect(simulator)
    [expected, *_] = [received["args"][0] for received in entry["received"]]
    details = None if expected["entity"] else expected["details"]
    await simulator.fire("camera", entry["hook"][0], expected["entity"], details)
    await until(lambda: len(client.without_logs) == 3)
    received = [{"event": event, "args": args} for event, args in client.without_logs]
    assert [shape(frame) for frame in received] == [shape(frame) for frame in entry["received"]]
    assert [frame["event"] for frame in received] == [frame["event"] for frame in entry["received"]]
    body = received[0]["args"][0]
    for key in ("name", "enabled", "path"):
        assert body["details"][key] == expected["details"][key]
    assert re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{3}Z", body["at"])


VIDEO_EVENTS = json.loads((RECORDINGS / "video_events.json").read_text())["events"]


@pytest.mark.parametrize(
    ("version", "name"),
    [(version, name) for version, events in VIDEO_EVENTS.items() for name in events],
)
async def test_events_of_streams(
    socket_enabled: None, client: Probe, version: str, name: str
) -> None:
    """Each event of a stream has the recorded keys, in the format of its version."""
    expected = VIDEO_EVENTS[version][name]
    quirks = Quirks(mediamtx_1_9="1.9" in version)
    times = replace(Times.fast(), authorization=0.3, extend_before=0.2)
    async with (
        running(Simulator(recorded(), quirks, times)) as simulator,
        http_of(simulator) as http,
    ):
        await client.connect(simulator)
        simulator.world.cameras[1].trouble = Trouble(extension_refused=name.startswith("failed"))
        async with Viewer() as viewer:
            location = await watch(http, viewer, f"{FRONT}?ha=abc")
            reader = await simulator.open_reader(1, "ha=abc")
            if "extended" in name or "extension" in name:
                await until(lambda: f"camera:{name}" in client.events())
            await until(lambda: client.events().count("camera:read") == 2)
            await (await http.delete(location)).read()
            await simulator.close_reader(1, reader)
            await until(lambda: "camera:notReady" in client.events())

    event, _, kind = name.partition("_")
    bodies = [args[0] for topic, args in client.frames if topic == f"camera:{event}"]
    [body, *_] = [each for each in bodies if each["details"].get("readerType", "") == kind]
    assert list(body) == list(expected)
    if event != "failed-extension":
        enabled = {"enabled": True} if "enabled" in expected["details"] else {}
        assert shape(body["details"]) == shape(expected["details"] | enabled)
    query = expected["details"].get("query")
    if query:
        assert ("%3D" in body["details"]["query"]) == ("%3D" in query)


@labelled(recording("cameras_by_status"))
async def test_camera_rows(simulator: Simulator, world: World, client: Probe, entry: Json) -> None:
    """The same state gives an identical row."""
    expected = entry["answer"]
    camera = world.cameras[expected["id"]]
    camera.path, camera.enabled = expected["mtx_path"], expected["is_enabled"]
    camera.persistent = expected["is_persistent"]
    camera.process = process_of(expected)
    camera.stream = Stream(
        present=expected["status"] in ("starting", "running") or expected["stream_ready"],
        ready=expected["stream_ready"],
        since=camera.created_at if expected["stream_ready"] else None,
        tracks=expected["stream_track_count"],
        readers=frozenset(map(str, range(expected["stream_consumer_count"]))),
        received=expected["stream_data_rx"],
        sent=expected["stream_data_tx"],
    )
    camera.settle()
    await client.connect(simulator, auth={"token": token_of(simulator)})
    [(_, [row])] = await client.exchange(entry["emitted"][1])
    assert list(row) == list(expected)
    changing = {"createdAt", "updatedAt", "stream_uptime"}
    assert {key: value for key, value in row.items() if key not in changing} == {
        key: value for key, value in expected.items() if key not in changing
    }
    assert shape(row["stream_uptime"]) == shape(expected["stream_uptime"])


def process_of(row: Json) -> Process | None:
    if row["status"] == "stopped":
        return Process("mtx-backyard", None)
    return Process("mtx-backyard", row["process_id"]) if row["process_id"] else None


async def test_logs_are_replayed_and_contain_secrets(simulator: Simulator, client: Probe) -> None:
    await client.connect(simulator, auth={"token": token_of(simulator)})
    for number in range(120):
        await simulator.log("info", f"line {number}", "http")
    payload = {"username": "alice", "password": "hunter2", "can_login": True}
    request = {"command": "create", "module": "users", "requestId": "a", "payload": payload}
    await client.exchange(request)
    async with Probe() as anonymous:
        await anonymous.connect(simulator)
        await until(lambda: len(anonymous.logs) == 101)
    expected = recording("logs")[0]["first"][0]
    assert {tuple(sorted(line)) for line in anonymous.logs} == {tuple(sorted(expected))}
    assert "hunter2" in anonymous.logs[-2]["msg"]
    assert re.fullmatch(r"Socket \S+ connected", anonymous.logs[-1]["msg"])


async def test_request_is_logged_as_recorded(simulator: Simulator, client: Probe) -> None:
    expected = recording("logs")[0]["first"][0]["msg"]
    await client.connect(simulator, auth={"token": token_of(simulator)})
    await client.exchange(
        {
            "command": "list",
            "module": "cameras",
            "requestId": "r-7780-1823",
            "payload": {"page": 1, "itemsPerPage": 100},
        }
    )
    [line] = [line["msg"] for line in client.logs if "Got request" in line["msg"]]
    assert line.partition(" with payload")[2] == expected.partition(" with payload")[2]
