"""A media folder for clips, and the components that record, play and serve them."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.nestmtx.const import DOMAIN


@pytest.fixture
async def media_folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return the integration's folder in the media folder; request it before an entry."""
    hass.config.media_dirs = {"local": str(tmp_path)}
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    for component in ("stream", "media_source"):
        assert await async_setup_component(hass, component, {})
    return tmp_path / DOMAIN
