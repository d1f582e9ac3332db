"""Write the drawings to the integration's folder."""

from pathlib import Path
import sys

from custom_components.nestmtx.placeholders import FOLDER, Placeholder

from .drawings import draw


def main() -> int:
    """Write all files, and return 0."""
    FOLDER.mkdir(exist_ok=True)
    for placeholder in Placeholder:
        write(placeholder, FOLDER / placeholder.value)
    return 0


def write(placeholder: Placeholder, path: Path) -> None:
    """Write a drawing as JPEG."""
    draw(placeholder).save(path, "JPEG", quality=90, optimize=True)
    print(f"render-placeholders: wrote {path} ({path.stat().st_size} bytes)", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
