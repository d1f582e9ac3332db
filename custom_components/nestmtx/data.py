"""What a loaded config entry of NestMTX owns."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .clips import Clips
from .coordinator import NestMTXCoordinator
from .keep_awake import KeepAwake
from .stills import Stills

type NestMTXConfigEntry = ConfigEntry[NestMTXData]


@dataclass(frozen=True, slots=True)
class NestMTXData:
    """The coordinator, and of its cameras what is kept awake, still pictures and clips."""

    coordinator: NestMTXCoordinator
    keep_awake: KeepAwake
    stills: Stills
    clips: Clips
