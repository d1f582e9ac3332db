"""The stop signals."""

import signal

# Closing the terminal stops the run, too, unless started with nohup.
_HANGUP = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN else set()
STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM} | _HANGUP)
