"""Constants of the NestMTX integration."""

import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "nestmtx"
LOGGER: Final = logging.getLogger(__package__)

CONF_VIDEO_HOST: Final = "video_host"
CONF_WEB_RTC: Final = "web_rtc"

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
]
