"""The signals that ask to stop."""

import signal

# The terminal's closing asks for it, too, unless nohup said otherwise.
_HANGUP = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN else set()
STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM} | _HANGUP)
