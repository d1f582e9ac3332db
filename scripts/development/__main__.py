"""The command behind scripts/develop."""

import importlib
import signal
import sys
from types import FrameType

from .signals import STOP_SIGNALS


def leave(_number: int, _frame: FrameType | None) -> None:
    """Exit before anything is started."""
    sys.exit(0)


# Importing the rest takes half a second, during which signals must already work.
for stop_signal in STOP_SIGNALS:
    signal.signal(stop_signal, leave)
sys.exit(importlib.import_module("scripts.development.run").main(sys.argv[1:]))
