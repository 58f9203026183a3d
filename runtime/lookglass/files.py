"""Files that are whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a path beside the wanted one to write to; renamed when the block ends well, removed if not.

    Example:
        >>> import tempfile
        >>> wanted = Path(tempfile.mkdtemp()) / "report.json"
        >>> with written_aside(wanted) as aside:
        ...     _ = aside.write_text("{}")
        >>> wanted.read_text(), aside.exists()
        ('{}', False)
    """
    aside = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        yield aside
        aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise
