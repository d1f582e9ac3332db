"""The NestMTX integration: Google Nest cameras, restreamed by a NestMTX server."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .camera_actions import async_setup_camera_actions
from .clips import Clips
from .const import DOMAIN, PLATFORMS
from .coordinator import NestMTXCoordinator
from .dashboards import dashboards_of
from .data import NestMTXConfigEntry, NestMTXData
from .device import async_setup_devices, is_stale
from .issues import async_setup_issues
from .keep_awake import KeepAwake
from .linked_devices import async_setup_linked_devices
from .picture_store import picture_store_of
from .recognition import async_setup_recognition
from .sensor import shown_feeds
from .server_log import async_setup_server_log
from .services import async_setup_services
from .stills import Stills

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, and serve the dashboard modules."""
    async_setup_services(hass)
    async_setup_camera_actions(hass)
    await dashboards_of(hass).async_serve()
    return True


async def async_setup_entry(hass: HomeAssistant, entry: NestMTXConfigEntry) -> bool:
    """Connect to the server, and add its entities."""
    await dashboards_of(hass).async_add()
    coordinator = NestMTXCoordinator(hass, entry)
    clips, keep_awake = Clips(coordinator), KeepAwake(coordinator)
    stills = Stills(coordinator, keep_awake)
    # Before the first lists arrive and before any entity, as entities need their devices.
    async_setup_devices(entry, coordinator)
    async_setup_linked_devices(entry, coordinator)
    async_setup_issues(entry, coordinator)
    async_setup_recognition(entry, coordinator)
    async_setup_server_log(entry, coordinator)
    entry.async_on_unload(stills.async_stop)
    # Together with the first lists, so that no sensor starts as unknown.
    feeds = [coordinator.async_subscribe(feed) for feed in shown_feeds(hass, entry.entry_id)]
    await coordinator.async_config_entry_first_refresh()
    for stop in (
        clips.async_stop,
        keep_awake.async_stop,
        stills.async_stop,
        coordinator.async_stop,
    ):
        entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.runtime_data = NestMTXData(coordinator, keep_awake, stills, clips)
    await stills.async_tidy()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    for unsubscribe in feeds:
        unsubscribe()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: NestMTXConfigEntry) -> bool:
    """Remove the entities, and end the session."""
    is_unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if is_unloaded:
        # Not with `async_on_unload`: sessions are closed over HTTP, which is impossible there.
        await entry.runtime_data.coordinator.async_shutdown()
    return is_unloaded


async def async_remove_entry(hass: HomeAssistant, entry: NestMTXConfigEntry) -> None:
    """Remove the cameras' pictures and, with the last entry, the dashboard resource."""
    await hass.async_add_executor_job(picture_store_of(hass, entry.entry_id).clear)
    if not hass.config_entries.async_entries(DOMAIN):
        await dashboards_of(hass).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: NestMTXConfigEntry, device: DeviceEntry
) -> bool:
    """Allow deleting the device of a camera or credential that is no longer on the server."""
    if entry.state is not ConfigEntryState.LOADED:
        # The server's objects are not known.
        return False
    return is_stale(entry.runtime_data.coordinator, device)
