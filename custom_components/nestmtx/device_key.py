"""What a device, and the entities of it, are known by."""

from typing import Literal, NamedTuple


class DeviceKey(NamedTuple):
    """The server of an entry, or one of its cameras or credentials by its key."""

    kind: Literal["server", "camera", "credential"]
    key: str = ""


SERVER_KEY = DeviceKey("server")
