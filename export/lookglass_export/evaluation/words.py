"""Whether words do what they say: garments dressed with words, without them, and with the opposite ones.

A scene holds each garment's right answers twice: as it comes, and as its words say. What words change in the
result is held against what they change in truth.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from lookglass.engine import Engine
from lookglass.person.mask import PersonMask
from lookglass.types import Garment, Layers
from lookglass_export.data.words import Words
from lookglass_export.evaluation.judge import dress, flow_error
from lookglass_export.evaluation.methods import open_network
from lookglass_export.evaluation.metrics import Array, alpha_iou, mean_over, ratio
from lookglass_export.evaluation.pairs import Pair, Shot, Truth, open_garment, open_shot, open_truth
from lookglass_export.training.geometry_task import PAIRS
from lookglass_export.training.scenes import VARIANT, Scene
from lookglass_export.training.text import NO_WISH, ask

TEXTS = ("right", "none", "wrong")
FITS = {-2: "slim", -1: "a size down", 1: "a size up", 2: "oversized"}
_HEM_COLUMNS = 8
"""Half the width of the band in the middle of a garment in which its hem is looked for, cells."""
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


def measure_of(group: str) -> str:
    """What a word changes most."""
    return {"sleeves rolled": "sleeves", "tucked in": "hem"}.get(group, "area")


def opposite(words: Words) -> Words:
    """Words that ask for another fit: the opposite one, or oversized where none is asked for."""
    return Words(fit=-words.fit or 2)


def trials(engine: Engine, scenes: Sequence[Path]) -> Iterator[Trial]:
    """Dress every scene's six ordered pairs with each of `TEXTS`."""
    person_mask, parser = PersonMask(engine.session("person_mask")), engine.session("garment_parser")
    network, rng = open_network(engine, words=True), np.random.default_rng(0)
    for path in tqdm(scenes, unit="scene", mininterval=2):
        scene = Scene.open(path)
        shots = [open_shot(scene, frame, person_mask) for frame in range(3)]
        garments = [network.encode(open_garment(scene, k, parser)) for k in range(3)]
        for worn, wanted in PAIRS:
            words, shot = scene.words(wanted), shots[worn]
            texts = dict(zip(TEXTS, (ask(rng, words), NO_WISH.ids, ask(rng, opposite(words))), strict=True))
            truths = open_truth(Pair(scene, worn, wanted)), open_truth(Pair(scene, worn, wanted), VARIANT)
            looks, scores = {}, {}
            for text, ids in texts.items():
                garment = network.reworded(garments[wanted], ids)
                layers = network.layers(shot.person, garment)
                looks[text] = look = _drawn(shot, garment.garment, layers)
                scores[text, _ERROR] = mean_over(flow_error(layers, truths[1]), truths[1].part > 0)
                scores[text, _IOU] = alpha_iou(look.alpha, truths[1].alpha, truths[1].inside)
            yield Trial(
                group_of(words), scores, changes(*map(true_look, truths), looks["none"], looks["right"])
            )


def _drawn(shot: Shot, garment: Garment, layers: Layers) -> Look:
    return Look(dress(shot, garment, layers).alpha, layers.coverage.argmax(0) > 0)


def true_look(truth: Truth) -> Look:
    """The right answer's."""
    return Look(truth.alpha, truth.part > 1)


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
    groups = {name: [t for t in found if t.group == name] for name in dict.fromkeys(_ORDER)}
    return {name: _summary(name, some) for name, some in {**groups, "all": list(found)}.items() if some}


_ORDER = (*FITS.values(), "sleeves rolled", "tucked in", "several")


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
        "effect": round(effect([t.changes[measure] for t in some]), 3),
        "effect_everywhere": round(ratio(everywhere[1], everywhere[0]), 3),
    }


def table(summary: Mapping[str, Mapping[str, Any]]) -> str:
    """A line for each thing that words ask for."""
    head = f"{'':16} {'n':>4}  {'sampling error, px of 128':26} {'alpha IoU':26} {'word effect':16}"
    names = " ".join(f"{text:>8}" for text in TEXTS)
    lines = [head, f"{'':16} {'':>4} {names} {names}  {'measured':10} everywhere"]
    for group, row in summary.items():
        scores = " ".join(f"{row[score][text]:8.3f}" for score in (_ERROR, _IOU) for text in TEXTS)
        shown = f"{row['effect']:5.0%} {row['measure']:8} {row['effect_everywhere']:6.0%}"
        lines.append(f"{group:16} {row['n']:4} {scores} {shown}")
    return "\n".join(lines)
