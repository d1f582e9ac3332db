"""Serve the camera card and the dashboard strategy, and add them to Lovelace's resources."""

import asyncio
from pathlib import Path
from typing import Any, Final

from homeassistant.components.http import StaticPathConfig
from homeassistant.components.lovelace import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.const import CONF_ID, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.loader import async_get_loaded_integration
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .strategy_dashboards import async_restore, async_retire

DASHBOARD_RESOURCE: Final = "dashboard_resource"
"""The issue for Lovelace resources in YAML mode that lack ours."""

_DASHBOARDS: HassKey[Dashboards] = HassKey(f"{DOMAIN}_dashboards")
_FOLDER: Final = Path(__file__).with_name("frontend")
_PREFIX: Final = f"/{DOMAIN}/"


@callback
def dashboards_of(hass: HomeAssistant) -> Dashboards:
    """Return the one Dashboards object of this Home Assistant."""
    version = async_get_loaded_integration(hass, DOMAIN).version
    return hass.data.setdefault(_DASHBOARDS, Dashboards(hass, str(version)))


class Dashboards:
    """Owns the Lovelace resource from which browsers load the card and the strategy.

    Its path contains the version, so that no browser mixes the modules of two versions.
    """

    def __init__(self, hass: HomeAssistant, version: str) -> None:
        """Set the served paths for a version."""
        self._hass = hass
        self._folder_url = f"{_PREFIX}{version}"
        self._lock = asyncio.Lock()

    @property
    def url(self) -> str:
        """The URL of the resource, a JavaScript module."""
        return f"{self._folder_url}/nestmtx.js"

    async def async_serve(self) -> None:
        """Serve the modules, once, as Home Assistant cannot remove a static path."""
        await self._hass.http.async_register_static_paths(
            [StaticPathConfig(self._folder_url, str(_FOLDER), cache_headers=True)]
        )

    async def async_add(self) -> bool:
        """Add or update the resource of this version; return whether it is there.

        If resources are in YAML mode, only the user can add it; an issue explains how.
        """
        async with self._lock:
            resources = self._hass.data[LOVELACE_DATA].resources
            if isinstance(resources, ResourceStorageCollection):
                await self._async_store(resources)
                is_added = True
            else:
                is_added = any(item.get(CONF_URL) == self.url for item in resources.async_items())
            if is_added:
                await async_restore(self._hass)
        self._update_issue(is_added=is_added)
        return is_added

    async def async_remove(self) -> None:
        """Remove the resource, and replace dashboards that need it with an explanation."""
        async with self._lock:
            await async_retire(self._hass)
            resources = self._hass.data[LOVELACE_DATA].resources
            if isinstance(resources, ResourceStorageCollection):
                for item in await _ours(resources):
                    await resources.async_delete_item(item[CONF_ID])
        self._update_issue(is_added=True)

    async def _async_store(self, resources: ResourceStorageCollection) -> None:
        ours = await _ours(resources)
        if not ours:
            await resources.async_create_item({"res_type": "module", CONF_URL: self.url})
            return
        kept, *others = ours
        if kept[CONF_URL] != self.url:
            await resources.async_update_item(kept[CONF_ID], {CONF_URL: self.url})
        for item in others:
            await resources.async_delete_item(item[CONF_ID])

    @callback
    def _update_issue(self, *, is_added: bool) -> None:
        if is_added:
            ir.async_delete_issue(self._hass, DOMAIN, DASHBOARD_RESOURCE)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            DASHBOARD_RESOURCE,
            data={"kind": DASHBOARD_RESOURCE},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=DASHBOARD_RESOURCE,
            translation_placeholders={"url": self.url},
        )


async def _ours(resources: ResourceStorageCollection) -> list[dict[str, Any]]:
    # Load the resources first: otherwise none are listed.
    await resources.async_get_info()
    return [item for item in resources.async_items() if item[CONF_URL].startswith(_PREFIX)]
