"""Where pictures go: a window, a video file, nowhere."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal, Protocol, Self

import cv2

from lookglass.errors import SinkError
from lookglass.files import written_aside
from lookglass.types import U8

Command = Literal["next", "previous", "none", "quit"]


class Sink(Protocol):
    """Shows finished pictures; a context manager, so that a file is finished or thrown away."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: Any) -> None: ...

    def show(self, image: U8, t_grab_ns: int) -> None:
        """Show a picture: (H, W, 3) uint8 BGR, grabbed at a monotonic time."""
        ...

    def commands(self) -> list[Command]:
        """What the user pressed since the last call."""
        ...


class NullSink:
    """Shows nothing: for measuring."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: Any) -> None:
        """Nothing is held."""

    def show(self, image: U8, t_grab_ns: int) -> None:
        """Let the picture go."""

    def commands(self) -> list[Command]:
        """Nobody presses anything."""
        return []


class FileSink(NullSink):
    """An mp4 file without sound, written aside and renamed when it is whole.

    Args:
        path: the file.
        fps: its frame rate.
        every_frame: write each picture once; otherwise a picture stays until the next was grabbed, so that
            the video keeps real time however many frames were dropped.
    """

    def __init__(self, path: Path, *, fps: float, every_frame: bool) -> None:
        self._path, self._fps, self._every_frame = path, fps, every_frame
        self._files = ExitStack()
        self._writer: cv2.VideoWriter | None = None
        self._aside = path
        self._start_ns = 0
        self._written = 0

    def __enter__(self) -> Self:
        folder = self._path.parent
        if self._path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
            raise SinkError(f"{self._path} cannot be written: choose a file in a folder you may write to")
        self._aside = self._files.enter_context(written_aside(self._path))
        return self

    def __exit__(self, *exception: Any) -> None:
        """Finish the file; throw it away after an error, or if no picture came."""
        if self._writer is not None:
            self._writer.release()
        elif exception[0] is None:
            empty = SinkError(f"{self._path} was not written: no frame came")
            self._files.__exit__(SinkError, empty, None)
            raise empty
        self._files.__exit__(*exception)

    def show(self, image: U8, t_grab_ns: int) -> None:
        """Write a picture, as often as it takes to keep real time."""
        if self._writer is None:
            self._writer, self._start_ns = self._open(image), t_grab_ns
        count = self._written + 1
        if not self._every_frame:
            count = round((t_grab_ns - self._start_ns) / 1e9 * self._fps) + 1
        while self._written < count:
            self._writer.write(image)
            self._written += 1

    def _open(self, image: U8) -> cv2.VideoWriter:
        height, width = image.shape[:2]
        writer = cv2.VideoWriter(
            str(self._aside), cv2.VideoWriter.fourcc(*"mp4v"), self._fps, (width, height)
        )
        if not writer.isOpened():
            raise SinkError(
                f"{self._path} cannot be written: choose a folder you may write to, and a .mp4 name"
            )
        return writer


class WindowSink(NullSink):
    """A window on the screen, through SDL."""

    def __init__(self, title: str = "Lookglass") -> None:
        self._title = title
        self._pygame = _import_pygame()
        self._screen: Any = None

    def __enter__(self) -> Self:
        try:
            self._pygame.display.init()
        except self._pygame.error as error:
            raise SinkError(f"no window can be opened: {error}; use --sink out.mp4 or --sink null") from error
        return self

    def __exit__(self, *exception: Any) -> None:
        """Close the window."""
        self._pygame.quit()

    def show(self, image: U8, t_grab_ns: int) -> None:
        """Draw a picture; the window takes its shape from the first one and may be resized."""
        pygame, size = self._pygame, (image.shape[1], image.shape[0])
        if self._screen is None or self._screen.get_size() != size:
            self._screen = pygame.display.set_mode(size, pygame.RESIZABLE | pygame.SCALED)
            pygame.display.set_caption(self._title)
        self._screen.blit(pygame.image.frombuffer(image.tobytes(), size, "BGR"), (0, 0))
        pygame.display.flip()

    def commands(self) -> list[Command]:
        """The keys pressed: n or right, p or left, 0, q or Escape; closing the window quits."""
        pygame, found = self._pygame, list[Command]()
        keys: dict[int, Command] = {
            **dict.fromkeys((pygame.K_n, pygame.K_RIGHT), "next"),
            **dict.fromkeys((pygame.K_p, pygame.K_LEFT), "previous"),
            **dict.fromkeys((pygame.K_0, pygame.K_KP0), "none"),
            **dict.fromkeys((pygame.K_q, pygame.K_ESCAPE), "quit"),
        }
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                found.append("quit")
            elif event.type == pygame.KEYDOWN and event.key in keys:
                found.append(keys[event.key])
        return found


def open_sink(sink: str, *, fps: float, every_frame: bool) -> Sink:
    """Choose a sink by what was typed: "window", "null" or a .mp4 file.

    Raises:
        SinkError: it cannot be opened here.
    """
    if sink == "null":
        return NullSink()
    if sink == "window":
        return WindowSink()
    if Path(sink).suffix.lower() != ".mp4":
        raise SinkError(f"{sink} is no sink: use window, null, or a file ending in .mp4")
    return FileSink(Path(sink), fps=fps, every_frame=every_frame)


def display_missing() -> str | None:
    """Why no window can be opened here, or None if one can."""
    given = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"))
    if sys.platform == "linux" and not given:
        return "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    return None


def _import_pygame() -> Any:
    """pygame-ce, whose wheel brings its own SDL."""
    if reason := display_missing():
        raise SinkError(f"{reason}: use --sink out.mp4 or --sink null")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        import pygame
    except ImportError as error:
        raise SinkError("the window needs pygame-ce: `pip install 'lookglass[window]'`") from error
    return pygame
