"""The mirror's loop on real files and threads; only the sources that must misbehave are made up."""

import json
import threading
import time
import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest

from live_parts import Shown, SlowStream, garment, mirror, noise, write_video
from lookglass.errors import GarmentError, SinkError, SourceError
from lookglass.live.percentiles import SAMPLES_NEEDED, percentile
from lookglass.live.report import Report
from lookglass.live.sinks import FileSink, open_sink
from lookglass.live.slot import Slot
from lookglass.live.sources import open_source
from lookglass.live.wardrobe import Wardrobe
from lookglass.stream import NOBODY, Step


def read_all(path: Path) -> list[np.ndarray]:
    """Independent source: OpenCV reading the file from its start."""
    capture, images = cv2.VideoCapture(str(path)), []
    while (read := capture.read())[0]:
        images.append(read[1])
    return images


def test_slot_keeps_the_newest_and_ends() -> None:
    slot = Slot[str]()
    assert slot.take(timeout_s=0.01) is None and not slot.finished
    slot.put("old")
    assert slot.put("new") == "old"
    slot.close()
    assert slot.put("late") == "late" and not slot.finished
    assert slot.take() == "new" and slot.take() is None and slot.finished


def test_slot_can_wait_for_its_taker() -> None:
    slot, taken = Slot[int](), []
    taker = threading.Thread(target=lambda: [taken.append(slot.take()) for _ in range(50)])
    taker.start()
    assert [slot.put(n, wait=True) for n in range(50)] == [None] * 50
    taker.join()
    assert taken == list(range(50))


def test_a_video_plays_at_its_own_pace_and_ends(tmp_path: Path, wardrobe: Wardrobe) -> None:
    source = open_source(str(write_video(tmp_path / "v.mp4", frames=30, fps=60)))
    start = time.monotonic()
    report = mirror(source, SlowStream(), wardrobe)
    assert time.monotonic() - start > 29 / 60
    assert report["frames"]["grabbed"] == 30
    assert report["presented_fps"] < 66


def test_a_slow_model_drops_frames_and_stays_young(tmp_path: Path, wardrobe: Wardrobe) -> None:
    """Age is the wait for one frame under way and the frame's own work; a queue would reach seconds."""
    source = open_source(str(write_video(tmp_path / "v.mp4", frames=60, fps=60)))
    report = mirror(source, SlowStream(0.1), wardrobe)
    dropped = report["frames"]["dropped"]
    assert dropped["superseded"] + dropped.get("behind", 0) > 30
    assert report["frame_age_ms"]["p50"] < 500
    assert report["stage_ms"]["tryon"] == {"p50": 100.0, "p95": None, "n": report["frames"]["presented"]}


def test_every_frame_means_every_frame_in_order(tmp_path: Path, wardrobe: Wardrobe) -> None:
    source = open_source(str(write_video(tmp_path / "v.mp4", frames=40, fps=25)), every_frame=True)
    sink = Shown()
    report = mirror(source, SlowStream(0.005), wardrobe, sink, every_frame=True)
    assert report["frames"] == {"grabbed": 40, "presented": 40, "dropped": {}}
    assert all(map(np.array_equal, sink.images, read_all(tmp_path / "v.mp4")))


def test_a_decoder_behind_its_pace_skips(tmp_path: Path) -> None:
    source = open_source(str(write_video(tmp_path / "v.mp4", frames=120, fps=100)))
    source.read()
    time.sleep(0.2)
    image = source.read()
    assert source.skipped >= 15
    assert np.array_equal(image, read_all(tmp_path / "v.mp4")[source.skipped + 1])


def test_a_picture_repeats_until_enough_frames(tmp_path: Path, wardrobe: Wardrobe) -> None:
    cv2.imwrite(str(tmp_path / "p.png"), noise(0))
    report = mirror(open_source(str(tmp_path / "p.png")), SlowStream(), wardrobe, frames=10)
    assert report["frames"]["presented"] == 10
    assert report["presented_fps"] < 33


@pytest.mark.parametrize(("rotate", "corner"), [(0, (0, 0)), (90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))])
def test_rotation_and_mirror(
    tmp_path: Path, wardrobe: Wardrobe, rotate: int, corner: tuple[int, int]
) -> None:
    """The bright top-left corner goes where a clockwise turn takes it; the mirror flips what is shown."""
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:8, :8] = 255
    cv2.imwrite(str(tmp_path / "p.png"), picture)
    sink, flipped = Shown(), Shown()
    for shown, mirrored in ((sink, False), (flipped, True)):
        mirror(
            open_source(str(tmp_path / "p.png")),
            SlowStream(),
            wardrobe,
            shown,
            rotate=rotate,
            mirror=mirrored,
            frames=1,
        )
    assert sink.images[0][corner].min() == 255
    assert np.array_equal(flipped.images[0], sink.images[0][:, ::-1])


def test_keys_change_clothes_and_quit(tmp_path: Path, wardrobe: Wardrobe) -> None:
    wardrobe_ready(wardrobe, 3)
    cv2.imwrite(str(tmp_path / "p.png"), noise(0))
    stream, keys = SlowStream(), {3: "next", 8: "none", 13: "previous", 18: "previous", 23: "quit"}
    mirror(
        open_source(str(tmp_path / "p.png"), every_frame=True),
        stream,
        wardrobe,
        Shown(keys),
        every_frame=True,
    )
    worn = list(dict.fromkeys(zip(stream.worn, stream.worn[1:], strict=False)))
    changes = [after for before, after in worn if before != after]
    assert stream.worn[0] == "a" and changes == ["b", None, "b", "a"]


def wardrobe_ready(wardrobe: Wardrobe, count: int) -> None:
    deadline = time.monotonic() + 5
    while len(wardrobe._ready) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_wardrobe_leaves_out_what_cannot_be_worn(wardrobe: Wardrobe, tmp_path: Path) -> None:
    wardrobe_ready(wardrobe, 3)
    assert wardrobe.warnings == ["jeans.png is left out: it shows trousers"]
    seen = []
    for _ in range(4):
        seen.append(wardrobe.current().garment.name)
        wardrobe.step(1)
    assert seen == ["a", "b", "c", "a"]
    with pytest.raises(GarmentError, match="shows trousers"):
        Wardrobe(tmp_path / "jeans.png", load=garment, warn=print)
    (tmp_path / "empty").mkdir()
    with pytest.raises(GarmentError, match="no garment photo"):
        Wardrobe(tmp_path / "empty", load=garment, warn=print)


def test_a_large_wardrobe_keeps_only_the_neighbours(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}.png").touch()
    wardrobe = Wardrobe(tmp_path, load=garment, warn=print)
    for _ in range(12):
        wardrobe.step(1)
        wardrobe_ready(wardrobe, 7)
    time.sleep(0.1)
    assert len(wardrobe._ready) <= 8 and wardrobe.current().garment.name == "12"
    wardrobe.close()


def test_a_file_sink_keeps_real_time_and_is_whole_or_absent(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    with FileSink(out, fps=30, every_frame=False) as sink:
        for t in (0.0, 0.1, 0.5, 1.0):
            sink.show(noise(1), int(t * 1e9))
        assert not out.exists()
    capture = cv2.VideoCapture(str(out))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 31
    out.unlink()
    with pytest.raises(RuntimeError, match="model"), FileSink(out, fps=30, every_frame=True) as sink:
        sink.show(noise(1), 0)
        raise RuntimeError("model")
    with pytest.raises(SinkError, match="no frame came"), FileSink(out, fps=30, every_frame=True):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sink", ["out.avi", "nowhere/out.mp4", "folder.mp4"])
def test_a_sink_that_cannot_be_written(tmp_path: Path, sink: str) -> None:
    (tmp_path / "folder.mp4").mkdir()
    with (
        pytest.raises(SinkError, match=r"no sink|cannot be written"),
        open_sink(str(tmp_path / sink), fps=30, every_frame=False),
    ):
        pass


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("97", "no camera 97"),
        ("gone.mp4", "no video"),
        ("rtsp://camera/1", "is an address"),
        (__file__, "not a video"),
    ],
)
def test_a_source_that_is_not_there(source: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        open_source(source)


def test_no_display_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SinkError, match="no display here"):
        open_sink("window", fps=30, every_frame=False)


def test_the_window_on_a_video_driver_without_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    pygame = pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with open_sink("window", fps=30, every_frame=False) as window:
        window.show(noise(2), 0)
        assert np.array_equal(
            pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)[..., ::-1], noise(2)
        )
        for key in (pygame.K_n, pygame.K_LEFT, pygame.K_0, pygame.K_x, pygame.K_ESCAPE):
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))
        pygame.event.post(pygame.event.Event(pygame.QUIT))
        assert window.commands() == ["next", "previous", "none", "quit", "quit"]


def test_percentiles_need_their_samples() -> None:
    """The rule itself: fewest n with at most 1 % chance of fewer than two samples beyond the percentile."""
    for percent, needed in SAMPLES_NEEDED.items():
        if percent != 50:
            p = percent / 100
            risk = [p**n + n * (1 - p) * p ** (n - 1) for n in (needed - 1, needed)]
            assert risk[1] <= 0.01 < risk[0]
        assert percentile([1.0] * needed, percent) == 1.0
        assert percentile([1.0] * (needed - 1), percent) is None


def test_a_report_does_not_grow() -> None:
    """Days of frames take no more memory than the first: a list of floats took 0.5 MB a minute."""
    report, picture, held = Report(device="cpu", kernels="none"), noise(0), []
    tracemalloc.start()
    for n in range(6000):
        step = Step(picture, None, {"mask": n / 7, "tryon": n / 9})
        report.presented(step, t_grab_ns=0, now_ns=n * 10**6 + 1)
        if n in (1000, 5999):
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] - held[0] < 10_000


def test_the_report_has_exactly_its_keys(tmp_path: Path) -> None:
    report = Report(device="cpu", kernels="none")
    shirt = garment(Path("shirt.png")).garment
    for n in range(3):
        report.grabbed()
        step = Step(noise(n), None, {"mask": 1.0}, (shirt,)) if n else Step(noise(n), None, {}, (), NOBODY)
        report.presented(step, t_grab_ns=n * 10**9, now_ns=n * 10**9 + 5 * 10**6)
    report.write(tmp_path / "r.json")
    document = json.loads((tmp_path / "r.json").read_text())
    assert list(document) == [
        *("presented_fps", "frames", "worn", "untouched", "frame_age_ms", "stage_ms"),
        *("device", "kernels", "versions"),
    ]
    assert document["presented_fps"] == 1.0
    assert document["worn"] == [{"garment": "shirt", "category": "upper", "frames": 2}]
    assert document["untouched"] == {"nobody in view": 1}
    assert document["frame_age_ms"] == {"p50": 5.0, "p95": None, "p99": None, "n": 3}
    assert {"lookglass", "python", "numpy"} <= document["versions"].keys()
    with pytest.raises(SinkError, match="cannot be written"):
        report.write(tmp_path / "r.json" / "r.json")
