"""Constants of the NestMTX integration."""

import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "nestmtx"
LOGGER: Final = logging.getLogger(__package__)

ATTR_CONFIG_ENTRY: Final = "config_entry"
ATTR_DURATION: Final = "duration"
ATTR_ENTITY: Final = "entity"
ATTR_FILENAME: Final = "filename"
ATTR_ITEMS_PER_PAGE: Final = "items_per_page"
ATTR_KEEP: Final = "keep"
ATTR_MODULE: Final = "module"
ATTR_PAGE: Final = "page"
ATTR_PAYLOAD: Final = "payload"
ATTR_SEARCH: Final = "search"

CONF_LOG_LEVEL: Final = "log_level"
CONF_MARKS: Final = "marks"
CONF_ROOMS: Final = "rooms"
CONF_STILLS: Final = "stills"
CONF_VIDEO_HOST: Final = "video_host"
CONF_WEB_RTC: Final = "web_rtc"

LOG_OFF: Final = "off"
"""The log level that turns the server's log off."""

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
]
