"""Repair flows, used like the frontend does."""

from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.nestmtx.const import DOMAIN


class Flow:
    """The flow of one repair."""

    def __init__(self, hass: HomeAssistant, clients: ClientSessionGenerator, issue_id: str) -> None:
        """Prepare the flow of an issue."""
        self._hass = hass
        self._clients = clients
        self._issue_id = issue_id
        self._client: Any = None
        self._flow_id = ""

    async def begin(self) -> dict[str, Any]:
        """Start the flow."""
        if self._client is None:
            assert await async_setup_component(self._hass, REPAIRS, {})
            self._client = await self._clients()
        result = await self._post("", {"handler": DOMAIN, "issue_id": self._issue_id})
        self._flow_id = result["flow_id"]
        return result

    async def submit(self, **data: str) -> dict[str, Any]:
        """Submit the form."""
        return await self._post(f"/{self._flow_id}", data)

    async def _post(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        response = await self._client.post(f"/api/repairs/issues/fix{path}", json=data)
        result: dict[str, Any] = await response.json()
        await self._hass.async_block_till_done()
        return result
