"""Dashboards of this integration's strategy, when the integration is removed.

Without the strategy's module, browsers would show an error. Instead, the dashboards get a text that
explains what happened, and keep their strategy, which adding the integration again restores.
"""

from collections.abc import AsyncGenerator
from typing import Any, Final

from homeassistant.components.lovelace import LOVELACE_DATA
from homeassistant.components.lovelace.const import ConfigNotFound
from homeassistant.components.lovelace.dashboard import LovelaceStorage
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

STRATEGY: Final = f"custom:{DOMAIN}"
_KEPT: Final = DOMAIN
"""The key of a dashboard's previous configuration, beside the text."""
_WORDS: Final = f"component.{DOMAIN}.config_panel.dashboard"


async def async_retire(hass: HomeAssistant) -> None:
    """Replace each dashboard that uses the strategy with a text in Home Assistant's language."""
    words = await async_get_translations(hass, hass.config.language, "config_panel", {DOMAIN})
    async for dashboard, config in _dashboards(hass):
        strategy = config.get("strategy")
        if isinstance(strategy, dict) and strategy.get("type") == STRATEGY:
            await dashboard.async_save(
                {
                    _KEPT: config,
                    "views": [
                        {
                            "title": words[f"{_WORDS}.cameras"],
                            "cards": [{"type": "markdown", "content": words[f"{_WORDS}.removed"]}],
                        }
                    ],
                }
            )


async def async_restore(hass: HomeAssistant) -> None:
    """Restore the strategy of each dashboard that was replaced by the text."""
    async for dashboard, config in _dashboards(hass):
        if isinstance(former := config.get(_KEPT), dict):
            await dashboard.async_save(former)


async def _dashboards(
    hass: HomeAssistant,
) -> AsyncGenerator[tuple[LovelaceStorage, dict[str, Any]]]:
    """Yield the dashboards that can be written, with their configuration."""
    for dashboard in tuple(hass.data[LOVELACE_DATA].dashboards.values()):
        if isinstance(dashboard, LovelaceStorage):
            try:
                config = await dashboard.async_load(force=False)
            except ConfigNotFound:
                continue
            yield dashboard, config
