"""Whether words do what they say: garments dressed with words, without them, and with the opposite ones.

A scene holds each garment's right answers twice: as it comes, and as its words say. What words change in the
result is held against what they change in truth.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from lookglass.engine import Engine
from lookglass.network import Network
from lookglass.person.mask import PersonMask
from lookglass.types import EncodedGarment, Layers, Person
from lookglass_export.data.words import Words
from lookglass_export.evaluation.judge import dress, flow_error
from lookglass_export.evaluation.methods import open_network, right_layers
from lookglass_export.evaluation.metrics import Array, alpha_iou, mean_over, ratio
from lookglass_export.evaluation.pairs import Pair, Shot, Truth, open_garment, open_shot, open_truth
from lookglass_export.training.geometry_task import PAIRS
from lookglass_export.training.scenes import VARIANT, Scene
from lookglass_export.training.text import NO_WISH, ask

Draw = Callable[[Pair, Person, EncodedGarment, Words | None], Layers]
"""Layers for a person in a garment worn as words say."""
TEXTS = ("right", "none", "wrong")
FITS = {-2: "slim", -1: "a size down", 1: "a size up", 2: "oversized"}
_HEM_COLUMNS = 8
"""Half the width of the band in the middle of a garment in which its hem is looked for, cells."""
_ORDER = (*FITS.values(), "sleeves rolled", "tucked in", "several")
_ERROR, _IOU = "sampling_error_px", "alpha_iou"


@dataclass(frozen=True, slots=True)
class Look:
    """A garment on a person, in truth or as drawn, on the 128x96 grid.

    Attributes:
        alpha: (128, 96) float32, the garment is seen here.
        sleeves: (128, 96) bool, here a sleeve leads.
    """

    alpha: Array
    sleeves: np.ndarray

    def sizes(self, middle: int) -> dict[str, float]:
        """Area and area of the sleeves in cells, and the row of the hem around a column."""
        band = self.alpha[:, max(middle - _HEM_COLUMNS, 0) : middle + _HEM_COLUMNS + 1] > 0.5
        ends = len(band) - band[::-1].argmax(0)[band.any(0)]
        return {
            "area": float(self.alpha.sum()),
            "sleeves": float(self.alpha[self.sleeves].sum()),
            "hem": float(np.median(ends)) if ends.size else float("nan"),
        }


@dataclass(frozen=True, slots=True)
class Trial:
    """One ordered pair, with its words and without.

    Attributes:
        group: the one thing that its words ask for, or "several".
        scores: (text, score) -> value, for each of `TEXTS`.
        changes: measure -> (true change, change in the result); "everywhere" holds two products: of the true
            change of alpha with itself, and with the result's.
    """

    group: str
    scores: Mapping[tuple[str, str], float]
    changes: Mapping[str, tuple[float, float]]


def group_of(words: Words) -> str:
    """What words ask for, if it is one thing."""
    asked = [FITS[words.fit]] if words.fit else []
    asked += ["sleeves rolled"] * words.rolled + ["tucked in"] * words.tucked
    return asked[0] if len(asked) == 1 else "several"


def measure_of(group: str) -> str | None:
    """What a word changes most; several do not change one thing."""
    return {**dict.fromkeys(FITS.values(), "area"), "sleeves rolled": "sleeves", "tucked in": "hem"}.get(
        group
    )


def opposite(words: Words) -> Words:
    """Words that ask for another fit: the opposite one, or oversized where none is asked for."""
    return Words(fit=-words.fit or 2)


def trials(engine: Engine, scenes: Sequence[Path], *, truth: bool = False) -> Iterator[Trial]:
    """Dress every scene's six ordered pairs with each of `TEXTS`.

    Args:
        engine: of a bundle that knows words.
        scenes: files with variants.
        truth: take the right layers instead of the network's, to see what composition leaves of an effect.
    """
    person_mask, parser = PersonMask(engine.session("person_mask")), engine.session("garment_parser")
    network, rng = open_network(engine, words=True), np.random.default_rng(0)
    draw = _right if truth else partial(_by_network, network, rng)
    for path in tqdm(scenes, unit="scene", mininterval=2):
        scene = Scene.open(path)
        shots = [open_shot(scene, frame, person_mask) for frame in range(3)]
        garments = [network.encode(open_garment(scene, k, parser)) for k in range(3)]
        for worn, wanted in PAIRS:
            yield _trial(Pair(scene, worn, wanted), shots[worn], garments[wanted], draw)


def _trial(pair: Pair, shot: Shot, garment: EncodedGarment, draw: Draw) -> Trial:
    words = pair.scene.words(pair.wanted)
    plain, varied = open_truth(pair), open_truth(pair, VARIANT)
    looks, scores = {}, {}
    for text, asked in zip(TEXTS, (words, None, opposite(words)), strict=True):
        layers = draw(pair, shot.person, garment, asked)
        # Beyond the frame the grid repeats its last row.
        alpha = dress(shot, garment.garment, layers).alpha * varied.inside
        looks[text] = Look(alpha, layers.coverage.argmax(0) > 0)
        scores[text, _ERROR] = mean_over(flow_error(layers, varied), varied.part > 0)
        scores[text, _IOU] = alpha_iou(alpha, varied.alpha, varied.inside)
    shown = changes(true_look(plain), true_look(varied), looks["none"], looks["right"])
    return Trial(group_of(words), scores, shown)


def _by_network(
    network: Network, rng: np.random.Generator, _pair: Pair, person: Person, garment: EncodedGarment,
    words: Words | None,
) -> Layers:  # fmt: skip
    ids = NO_WISH.ids if words is None else ask(rng, words)
    return network.layers(person, network.reworded(garment, ids))


def _right(pair: Pair, person: Person, garment: EncodedGarment, words: Words | None) -> Layers:
    variant = VARIANT if words == pair.scene.words(pair.wanted) else ""
    return right_layers(pair, person, garment.garment, variant)


def true_look(truth: Truth) -> Look:
    """The right answer's."""
    return Look(truth.alpha * truth.inside, truth.part > 1)


def changes(plain: Look, varied: Look, before: Look, after: Look) -> dict[str, tuple[float, float]]:
    """Measure -> change from `plain` to `varied`, which are true, and from `before` to `after`."""
    columns = (plain.alpha * ~plain.sleeves).sum(0)
    middle = round(float(np.average(np.arange(columns.size), weights=columns + 1e-6)))
    sizes = [look.sizes(middle) for look in (plain, varied, before, after)]
    found = {m: (sizes[1][m] - sizes[0][m], sizes[3][m] - sizes[2][m]) for m in sizes[0]}
    true, result = varied.alpha - plain.alpha, after.alpha - before.alpha
    found["everywhere"] = float((true * true).sum()), float((true * result).sum())
    return found


def effect(pairs: Sequence[tuple[float, float]]) -> float:
    """Share of true changes that results show: the slope of a line through the origin."""
    true, result = np.array([pair for pair in pairs if not np.isnan(pair).any()]).reshape(-1, 2).T
    return ratio(float(true @ result), float(true @ true))


def summarise(found: Sequence[Trial]) -> dict[str, dict[str, Any]]:
    """What was found for each thing that words ask for, and for all."""
    groups = {name: [t for t in found if t.group == name] for name in _ORDER}
    return {name: _summary(name, some) for name, some in {**groups, "all": list(found)}.items() if some}


def _summary(group: str, some: Sequence[Trial]) -> dict[str, Any]:
    scores = {
        score: {text: round(float(np.nanmean([t.scores[text, score] for t in some])), 4) for text in TEXTS}
        for score in (_ERROR, _IOU)
    }
    everywhere = np.array([t.changes["everywhere"] for t in some]).sum(0)
    measure = measure_of(group)
    return {
        "n": len(some),
        **scores,
        "measure": measure,
        "effect": round(effect([t.changes[measure] for t in some]), 3) if measure else None,
        "effect_everywhere": round(ratio(everywhere[1], everywhere[0]), 3),
    }


def table(summary: Mapping[str, Mapping[str, Any]]) -> str:
    """A line for each thing that words ask for."""
    head = f"{'':16} {'n':>4}  {'sampling error, px of 128':26} {'alpha IoU':26} {'word effect':16}"
    names = " ".join(f"{text:>8}" for text in TEXTS)
    lines = [head, f"{'':16} {'':>4} {names} {names}  {'measured':14} everywhere"]
    for group, row in summary.items():
        scores = " ".join(f"{row[score][text]:8.3f}" for score in (_ERROR, _IOU) for text in TEXTS)
        measured = f"{row['effect']:5.0%} {row['measure']}" if row["measure"] else ""
        lines.append(f"{group:16} {row['n']:4} {scores} {measured:14} {row['effect_everywhere']:6.0%}")
    return "\n".join(lines)
