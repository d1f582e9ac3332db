"""Stub for a voice package that would have to be compiled and is not used here.

Home Assistant imports it at startup; without it, the frontend stays on "Loading".
"""


class AudioProcessor:
    """Never instantiated, as there is no microphone."""
