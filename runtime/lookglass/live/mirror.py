"""A run of the mirror from what was typed: opened, run, closed, reported."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lookglass.live.loop import Settings, run
from lookglass.live.report import Report
from lookglass.live.sinks import open_sink
from lookglass.live.sources import open_source
from lookglass.live.wardrobe import Wardrobe
from lookglass.outfit import outfit
from lookglass.tryon import TryOn
from lookglass.types import EncodedGarment

__all__ = ["Settings", "run_mirror"]


def run_mirror(
    *,
    source: str,
    garment: Path,
    beside: Path | None = None,
    category: str | None = None,
    text: str = "",
    sink: str,
    settings: Settings,
    load: Callable[[], TryOn],
    warn: Callable[[str], None],
    report_file: Path | None = None,
) -> Report:
    """Run the mirror; source and sink are opened before the models, so that a typo costs no time.

    Args:
        source: camera number, video or picture file.
        garment: a product photo or a folder of them.
        beside: product photo of what is worn together with each of them.
        category: of `garment`; guessed from the photos if not given.
        text: how to wear `garment`, as for `TryOn.restyle`.
        sink: "window", "null" or a file ending in .mp4.
        settings: how to run; without a choice, a camera is mirrored and a file is not.
        load: loads the try-on.
        warn: told about garments that are left out.
        report_file: where to write the report.

    Raises:
        LookglassError: something cannot be opened, read, worn or written.
    """
    opened = open_source(source, every_frame=settings.every_frame)
    if settings.mirror is None:
        settings = replace(settings, mirror=opened.is_camera)
    with open_sink(sink, fps=opened.fps, every_frame=settings.every_frame) as shown:
        mirror = load()
        report = Report(device=mirror.engine.device, kernels=mirror.kernels)
        always = [] if beside is None else [mirror.garment(beside)]

        def take_in(photo: Path) -> tuple[EncodedGarment, ...]:
            taken = mirror.garment(photo, category=category)
            if mirror.read(text, taken.garment.category).for_tops:
                warn(f"{photo.name} is no top: of the text it takes the colour alone")
            return outfit([mirror.restyle(taken, text), *always])

        wardrobe = Wardrobe(garment, load=take_in, warn=warn)
        try:
            run(opened, mirror.stream(), wardrobe, shown, report, settings)
        except KeyboardInterrupt:
            warn("stopped")
        finally:
            wardrobe.close()
    if report_file:
        report.write(report_file)
    return report
