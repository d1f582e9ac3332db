"""What a loaded config entry of NestMTX owns."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .clips import Clips
from .coordinator import NestMTXCoordinator
from .stills import Stills

type NestMTXConfigEntry = ConfigEntry[NestMTXData]


@dataclass(frozen=True, slots=True)
class NestMTXData:
    """The coordinator, and of its cameras the still pictures and the clips."""

    coordinator: NestMTXCoordinator
    stills: Stills
    clips: Clips
