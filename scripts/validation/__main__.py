"""Report on this repository: a line for each finding, and exit code 1 if there are any."""

from pathlib import Path
import sys

from . import find
from .repository import parse, read

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Print the findings."""
    findings = find(parse(read(ROOT)))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
