"""The key of a device and its entities."""

from typing import Literal, NamedTuple


class DeviceKey(NamedTuple):
    """The server of an entry, or one of its cameras or credentials by its key."""

    kind: Literal["server", "camera", "credential"]
    key: str = ""


SERVER_KEY = DeviceKey("server")
