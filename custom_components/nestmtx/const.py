"""Constants of the NestMTX integration."""

import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "nestmtx"
LOGGER: Final = logging.getLogger(__package__)

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
]
