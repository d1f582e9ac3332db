"""Pictures of cameras in tests: what they show, and when they were taken."""

from datetime import datetime
import io

from homeassistant.components.camera import Image as CameraImage, async_get_image
from homeassistant.core import HomeAssistant
import numpy as np
from PIL import Image

from custom_components.nestmtx.placeholders import Placeholder, draw_placeholder

from .conftest import Until
from .simulator import Simulator
from .simulator.picture import frame_number

FRONT = "camera.front_yard_front_yard_cam"
DRIVEWAY = "camera.driveway_driveway_battery"


def taken_at(hass: HomeAssistant, entity_id: str) -> datetime | None:
    """Return when the picture of a camera's entity was taken; None for a placeholder."""
    camera = hass.data["camera"].get_entity(entity_id)
    picture = camera.data.stills.last(camera.key)
    return picture.taken if picture else None


def opened(image: CameraImage) -> Image.Image:
    """Decode a picture."""
    return Image.open(io.BytesIO(image.content))


def shown_number(image: CameraImage) -> int:
    """Return the number of the simulated frame that a picture shows."""
    return frame_number(np.asarray(opened(image).convert("L")))


def placeholder(hass: HomeAssistant, entity_id: str) -> bytes:
    """Return the placeholder of a streaming camera without a picture."""
    return draw_placeholder(Placeholder.LIVE, "Streaming", hass.states.get(entity_id).name)


async def watch(hass: HomeAssistant, simulator: Simulator, until: Until, camera_id: int) -> str:
    """Let a viewer watch a camera; return the reader once video comes."""
    reader = await simulator.open_reader(camera_id)
    camera = simulator.world.cameras[camera_id]
    coordinator = hass.data["camera"].get_entity(FRONT).coordinator
    await until(lambda: camera.expires_at is not None)
    await until(lambda: coordinator.data.cameras[camera_id].authorized_until is not None)
    await until(lambda: coordinator.data.cameras[camera_id].watched)
    return reader


async def first_picture(hass: HomeAssistant, until: Until, entity_id: str = FRONT) -> CameraImage:
    """Wait for a camera's picture, and return it."""
    await until(lambda: taken_at(hass, entity_id) is not None)
    return await async_get_image(hass, entity_id)
