"""The command line: `lookglass tryon | run | doctor | demo`."""

import argparse
import logging
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import lookglass
from lookglass.errors import LookglassError

EXIT_ERROR = 2
CATEGORIES = ("upper", "lower", "dress")
DEVICES = ("auto", "cpu", "openvino", "cuda", "tensorrt")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; an error of ours is one sentence on stderr and exit code 2."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
        return code
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except LookglassError as error:
        if options.debug:
            traceback.print_exc()
        print(f"lookglass: {error}", file=sys.stderr)
        return EXIT_ERROR


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lookglass", description="Real-time virtual try-on.")
    parser.add_argument("--version", action="version", version=f"lookglass {lookglass.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--debug", action="store_true", help="show where an error came from")
    engine = argparse.ArgumentParser(add_help=False)
    engine.add_argument("--bundle", type=Path, help="folder of another bundle")
    engine.add_argument("--device", default="auto", choices=DEVICES)
    engine.add_argument(
        "--threads", type=_positive, help="threads per graph on the CPU; 1 beside other heavy programs"
    )
    words = argparse.ArgumentParser(add_help=False)
    words.add_argument(
        "--text",
        default="",
        help="how to wear the (first) garment, in English or Chinese: 'oversized, in dark green'",
    )
    _add_tryon(commands.add_parser("tryon", parents=[shared, engine, words], help="dress a photo"))
    _add_run(commands.add_parser("run", parents=[shared, engine, words], help="be a mirror"))
    doctor = commands.add_parser("doctor", parents=[shared, engine], help="say what works here, and why not")
    doctor.set_defaults(command=_doctor)
    demo = commands.add_parser("demo", parents=[shared, engine], help="dress sample people")
    demo.add_argument("--out", type=Path, default=Path("out/demo"), help="folder for the pictures")
    demo.set_defaults(command=_demo, text="")
    return parser


def _add_tryon(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("person", type=Path, help="photo of a person")
    parser.add_argument(
        "garments",
        type=Path,
        nargs="+",
        metavar="garment",
        help="product photo; of an upper and a lower garment to wear both",
    )
    parser.add_argument(
        "--category",
        action="append",
        default=[],
        choices=CATEGORIES,
        help="what the first garment is, and given again the second (default: guessed)",
    )
    parser.add_argument("-o", "--out", type=Path, required=True, help="picture to write")
    parser.add_argument(
        "--compare", action="store_true", help="write person, garment and result side by side, and a score"
    )
    parser.add_argument("--layers", type=Path, metavar="DIR", help="write every layer as a picture, too")
    parser.add_argument(
        "--point",
        type=_point,
        metavar="X,Y",
        help="with --layers: the pixel whose attention is drawn (default: on chest or thigh)",
    )
    parser.set_defaults(command=_tryon)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", default="0", help="camera number, video or picture file")
    parser.add_argument("--garment", type=Path, required=True, help="product photo, or a folder of them")
    parser.add_argument("--with", dest="beside", type=Path, metavar="PHOTO", help="garment to wear with it")
    parser.add_argument("--category", choices=CATEGORIES, help="what --garment is (default: guessed)")
    parser.add_argument("--sink", default="window", help="window, null, or a file ending in .mp4")
    parser.add_argument("--report", type=Path, metavar="JSON", help="write what was measured")
    parser.add_argument("--rotate", type=int, default=0, choices=(0, 90, 180, 270), help="degrees clockwise")
    parser.add_argument(
        "--mirror",
        action=argparse.BooleanOptionalAction,
        help="flip what is shown (default: for a camera)",
    )
    parser.add_argument("--every-frame", action="store_true", help="drop no frame, however long it takes")
    parser.add_argument("--frames", type=_positive, metavar="N", help="stop after so many frames")
    parser.set_defaults(command=_run)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _point(text: str) -> tuple[float, float]:
    try:
        x, y = (float(number) for number in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be two numbers, X,Y") from error
    return x, y


def _load(options: argparse.Namespace) -> "lookglass.TryOn":
    logging.getLogger("lookglass").addHandler(logging.NullHandler())
    mirror = lookglass.TryOn.load(options.bundle, device=options.device, threads=options.threads)
    print(f"running on {mirror.engine.device}, {mirror.engine.threads} thread(s) per graph", file=sys.stderr)
    for device, reason in mirror.engine.passed_over.items():
        print(f"  not on {device}: {reason}", file=sys.stderr)
    if mirror.engine.device == "cuda":  # the engine's warning says the same, to programs
        print(f"  with {mirror.kernels}", file=sys.stderr)
    if warning := mirror.read(options.text).warning:
        print(f"  of --text {warning}", file=sys.stderr)
    return mirror


def _warn(words: str) -> None:
    print(words, file=sys.stderr)


def _tryon(options: argparse.Namespace) -> int:
    from lookglass.photo import Order, dress_photo

    order = Order(
        person=options.person,
        garments=options.garments,
        out=options.out,
        categories=options.category,
        text=options.text,
        compare=options.compare,
        layers=options.layers,
        point=options.point,
    )
    found = dress_photo(order, load=lambda: _load(options), warn=_warn)
    print(options.out)
    for name, share in found:
        print(f"{name}: {share.sentence()}" if len(found) > 1 else share.sentence())
    return 0


def _run(options: argparse.Namespace) -> int:
    from lookglass.live.mirror import Settings, run_mirror

    settings = Settings(
        rotate=options.rotate,
        mirror=options.mirror,
        every_frame=options.every_frame,
        frames=options.frames,
    )
    report = run_mirror(
        source=options.source,
        garment=options.garment,
        beside=options.beside,
        category=options.category,
        text=options.text,
        sink=options.sink,
        report_file=options.report,
        settings=settings,
        load=lambda: _load(options),
        warn=_warn,
    )
    print(report.sentence())
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from lookglass.doctor import examine

    findings = examine(bundle=options.bundle, device=options.device)
    for finding in findings:
        print(f"{finding.mark:4} {finding.subject:15} {finding.words}")
    return EXIT_ERROR if any(finding.is_fatal for finding in findings) else 0


def _demo(options: argparse.Namespace) -> int:
    from lookglass.demo import show

    show(_load(options), options.out)
    return 0
