"""Simulate a T-shirt and a shirt on a body and keep the light of their folds as a picture for the runtime."""

import argparse
from pathlib import Path

import cv2
import numpy as np
import warp as wp

from lookglass.finish.folds import SIDE, sleeve_box, torso_box
from lookglass_export.data.body import Body
from lookglass_export.data.mesh import Array
from lookglass_export.folds.bake import boxed, folds_of, height_field
from lookglass_export.folds.cloth import Drape, Stuff
from lookglass_export.folds.pattern import LEFT, SHIRT, TEE, TORSO, Cloth, Cut, sew
from lookglass_export.folds.wearer import Wearer

_COTTON = {"tee": (TEE, Stuff(bending=3e-7)), "shirt": (SHIRT, Stuff(bending=4e-7))}
_FRAMES_PER_S, _STEPS, _SEED = 200, 5, 1
_HELD_S, _FILLED_S, _LOWERED_S, _STILL_S, _END_S = 0.25, (0.0, 0.5), (0.7, 1.7), 2.4, 3.0
"""From when cuffs and hem stay where they lie; from when to when the body fills the cloth and lets its
arms down; when it stands still; and the end."""
_TURN_DEG, _SWAY_DEG, _SWAYS_S = 8.0, 24.0, (0.9, 2.1)
"""How far it is turned in the end; how far, and when, it turns to both sides: worn cloth has been moved."""


def drape(
    body: Body, cut: Cut, stuff: Stuff, edge: float, *, rate: int = _FRAMES_PER_S
) -> tuple[Array, Cloth, Array]:
    """Wear a top: vertices (N, 3) where they hang in the end, the cloth, and the body then, (M, 3), metres.

    Args:
        body: the bank of bodies.
        cut: the pattern.
        stuff: what it is made of.
        edge: length of the mesh's edges, metres.
        rate: how often in a second the body moves.
    """
    cloth, wearer = sew(cut, edge, np.random.default_rng(_SEED)), Wearer(body, cut.slope)
    start = wearer.panels(cloth.worn, cloth.side)
    drape = Drape(cloth, start, wearer.at(0, 0), wearer.faces, stuff, gathered=cut.gathered)
    for frame in range(1, round(_END_S * rate) + 1):
        now = frame / rate
        posed = wearer.at(_eased(now, *_FILLED_S), _eased(now, *_LOWERED_S), _turned(now))
        damping = 2.0 if now < _STILL_S else 6.0
        drape.step(posed, 1 / rate, _STEPS, damping=damping, hold=now > _HELD_S)
    return drape.vertices, cloth, posed


def _turned(now: float) -> float:
    """Degrees by which the shoulders are turned."""
    sway = np.clip((now - _SWAYS_S[0]) / (_SWAYS_S[1] - _SWAYS_S[0]), 0, 1)
    return _TURN_DEG * _eased(now, 0.5, 0.8) + _SWAY_DEG * np.sin(2 * np.pi * sway) * np.sin(np.pi * sway)


def _eased(now: float, start: float, end: float) -> float:
    share = float(np.clip((now - start) / (end - start), 0, 1))
    return share * share * (3 - 2 * share)


def tiles(vertices: Array, cloth: Cloth) -> list[Array]:
    """The torso's and the left sleeve's folds over their unit boxes, each (SIDE, SIDE) in [-1, 1]."""
    seen = [height_field(vertices, cloth.faces[cloth.parts == part]) for part in (TORSO, LEFT)]
    (_, torso), (_, sleeve) = seen
    points = [np.argwhere(there)[:, ::-1] + 0.5 for there in (torso, sleeve)]
    # The two height fields have corners of their own: all that counts is which side the torso is on.
    beside = np.array([[-1000.0, 0.0], [-999.0, 0.0]])
    boxes = [torso_box(points[0], 0.5), sleeve_box(points[1], beside)]
    return [
        boxed(*folds_of(*one), to_box, SIDE, hangs=part == TORSO)
        for part, one, to_box in zip((TORSO, LEFT), seen, boxes, strict=True)
    ]


def main(argv: list[str]) -> None:
    """Entry point; see `--help`."""
    parser = argparse.ArgumentParser(prog="lookglass-export folds", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the picture to write")
    parser.add_argument("--edge", type=float, default=0.008, help="edges of the simulated cloth, metres")
    args = parser.parse_args(argv)
    wp.config.quiet = True
    body = Body()
    made: list[Array] = []
    for name, (cut, stuff) in _COTTON.items():
        vertices, cloth, _ = drape(body, cut, stuff, args.edge)
        print(f"{name}: {len(vertices)} vertices draped")
        made += tiles(vertices, cloth)
    picture = np.clip(np.rint(np.concatenate(made) * 127 + 128), 1, 255).astype(np.uint8)
    cv2.imwrite(str(args.out), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(f"{args.out}: {args.out.stat().st_size / 1e3:.0f} kB")
