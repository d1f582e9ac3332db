"""What a loaded config entry of NestMTX owns."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .coordinator import NestMTXCoordinator
from .stills import Stills

type NestMTXConfigEntry = ConfigEntry[NestMTXData]


@dataclass(frozen=True, slots=True)
class NestMTXData:
    """The coordinator, and the still pictures of its cameras."""

    coordinator: NestMTXCoordinator
    stills: Stills
