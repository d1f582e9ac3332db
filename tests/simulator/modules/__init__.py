"""The server's modules: their answers to list, create, read, update and delete."""

from .call import Call, Effects, ModuleError
from .registry import answer

__all__ = ["Call", "Effects", "ModuleError", "answer"]
