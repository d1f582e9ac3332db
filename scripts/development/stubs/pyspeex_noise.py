"""Stands in for a package of voice control, which has to be compiled and is not used here.

Home Assistant imports it at each start, and without it the frontend stays on "Loading".
"""


class AudioProcessor:
    """Never made: no microphone is set up."""
