"""The dashboard: each camera with its picture and state, then the server and the credentials."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import house
from .api import Api
from .entry import DOMAIN
from .house import Device
from .options import DASHBOARD

TITLE = "Cameras"

# A live view keeps a camera streaming; the other cards show stills until they are opened.
LIVE_VIEWS = 2

# A section is twelve columns wide.
FULL_WIDTH = 12
THIRD = 4

STATUS = "sensor.status"
PERSISTENT = "switch.persistent"
CAMERA_TILES = (STATUS, "binary_sensor.ready", "binary_sensor.watched")
SERVER_TILES = ("binary_sensor.connection", "sensor.health", "sensor.cameras_streaming")
AUTHORIZATION = "sensor.authorization"

type Card = dict[str, Any]


async def publish(home: Api) -> None:
    """Replace the dashboard by one of the devices that are there now, and show it first."""
    devices = house.devices(
        DOMAIN,
        await home.command("config/entity_registry/list"),
        await home.command("config/device_registry/list"),
    )
    states = {row["entity_id"]: row["state"] for row in await home.command("get_states")}
    await create(home)
    await home.command(
        "lovelace/config/save", url_path=DASHBOARD, config=configuration(devices, states)
    )
    await home.command("frontend/set_system_data", key="core", value={"default_panel": DASHBOARD})


async def create(home: Api) -> None:
    """Make the dashboard, unless it is there."""
    dashboards = await home.command("lovelace/dashboards/list")
    if all(dashboard["url_path"] != DASHBOARD for dashboard in dashboards):
        await home.command(
            "lovelace/dashboards/create", url_path=DASHBOARD, title=TITLE, icon="mdi:cctv"
        )


def configuration(devices: Sequence[Device], states: Mapping[str, str]) -> dict[str, Any]:
    """Lay out the dashboard: the cameras that stream anyway come first."""
    cameras = sorted(
        (device for device in devices if house.CAMERA in device.entities),
        key=lambda camera: not streams_anyway(camera, states),
    )
    credentials = [device for device in devices if AUTHORIZATION in device.entities]
    servers = [device for device in devices if SERVER_TILES[0] in device.entities]
    sections = [
        *(camera_section(camera, "live") for camera in cameras[:LIVE_VIEWS]),
        *(camera_section(camera, "auto") for camera in cameras[LIVE_VIEWS:]),
        *(section(server.name, "mdi:server", server_cards(server)) for server in servers),
        section("Credentials", "mdi:key", credential_cards(credentials)),
    ]
    view = {"title": TITLE, "type": "sections", "max_columns": 3, "sections": sections}
    return {"views": [view]}


def streams_anyway(camera: Device, states: Mapping[str, str]) -> bool:
    """Say whether a camera streams, or will, even if this dashboard is not looked at."""
    return (
        states.get(camera.entities.get(STATUS, "")) == "running"
        or states.get(camera.entities.get(PERSISTENT, "")) == "on"
    )


def camera_section(camera: Device, camera_view: str) -> Card:
    """Show a camera's picture, and how it does."""
    picture = {
        "type": "picture-entity",
        "entity": camera.entities[house.CAMERA],
        "camera_view": camera_view,
        "show_name": False,
        "show_state": False,
        "grid_options": {"columns": FULL_WIDTH},
    }
    tiles = (
        tile(camera.entities[key], "entity")
        | {"vertical": True, "grid_options": {"columns": THIRD}}
        for key in CAMERA_TILES
        if key in camera.entities
    )
    return section(camera.name, "mdi:cctv", [picture, *tiles])


def server_cards(server: Device) -> Iterable[Card]:
    """Show whether the server is there, and what it does."""
    return (tile(server.entities[key], "entity") for key in SERVER_TILES if key in server.entities)


def credential_cards(credentials: Iterable[Device]) -> Iterable[Card]:
    """Show whether Google accepts each credential."""
    return (tile(credential.entities[AUTHORIZATION], "device") for credential in credentials)


def tile(entity: str, named_after: str) -> Card:
    """Show an entity, under its own name or its device's."""
    return {
        "type": "tile",
        "entity": entity,
        "name": {"type": named_after},
        "grid_options": {"columns": FULL_WIDTH},
    }


def section(title: str, icon: str, cards: Iterable[Card]) -> Card:
    """Put cards under a heading."""
    heading = {"type": "heading", "heading": title, "icon": icon}
    return {"type": "grid", "cards": [heading, *cards]}
