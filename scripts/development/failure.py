"""An error that ends a run, with a message for the developer."""


class Failure(Exception):
    """A reason to stop; only its message is shown."""
