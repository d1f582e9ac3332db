"""What a device, and the entities of it, are known by."""

from typing import Literal, NamedTuple

from .const import DOMAIN


class DeviceKey(NamedTuple):
    """The server of an entry, or one of its cameras or credentials by its key."""

    kind: Literal["server", "camera", "credential"]
    key: str = ""

    def identifier(self, entry_id: str) -> tuple[str, str]:
        """Return the identifier of the device."""
        return DOMAIN, self.unique_id(entry_id)

    def unique_id(self, entry_id: str, *suffix: str) -> str:
        """Return a unique id; it begins with the entry's: two servers may have one camera."""
        return "_".join((entry_id, *filter(None, self), *suffix))


SERVER_KEY = DeviceKey("server")
