"""What ends a run, said in one sentence to whoever started it."""


class Failure(Exception):
    """A reason to stop: its text is all that is shown."""
