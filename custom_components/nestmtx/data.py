"""Runtime data of a loaded config entry."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .clips import Clips
from .coordinator import NestMTXCoordinator
from .keep_awake import KeepAwake
from .stills import Stills

type NestMTXConfigEntry = ConfigEntry[NestMTXData]


@dataclass(frozen=True, slots=True)
class NestMTXData:
    """The coordinator, and the owners of kept-awake cameras, snapshots, and clips."""

    coordinator: NestMTXCoordinator
    keep_awake: KeepAwake
    stills: Stills
    clips: Clips
