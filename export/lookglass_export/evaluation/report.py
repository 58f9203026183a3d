"""From scores of single pairs to a table and a file that says where its numbers come from."""

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from lookglass_export.evaluation.judge import SCORES
from lookglass_export.training.scenes import Scene

PACKAGES = ("lookglass", "numpy", "onnxruntime", "opencv-python-headless", "scikit-image", "torch")


@dataclass(frozen=True, slots=True)
class Row:
    """Factors and scores of one ordered pair."""

    factors: Mapping[str, Any]
    scores: Mapping[str, float]


def summarise(rows: Sequence[Row]) -> dict[str, Any]:
    """Mean, median and n of every score, overall and for every value of every factor."""
    groups: dict[str, dict[str, Any]] = {}
    for factor in rows[0].factors:
        values = sorted({row.factors[factor] for row in rows})
        groups[factor] = {
            str(value): _summary([row for row in rows if row.factors[factor] == value]) for value in values
        }
    return {"overall": _summary(rows), "factors": groups}


def _summary(rows: Sequence[Row]) -> dict[str, Any]:
    summary = {}
    for name in SCORES:
        values = np.array([row.scores[name] for row in rows])
        values = values[~np.isnan(values)]
        if values.size:
            mean, median = (round(float(value), 4) for value in (values.mean(), np.median(values)))
            summary[name] = {"mean": mean, "median": median, "n": int(values.size)}
    return summary


def provenance(bundle: Path, scenes: Sequence[Path]) -> dict[str, Any]:
    """What was measured on what, by which versions."""
    content = hashlib.sha256()
    for path in scenes:
        content.update(path.name.encode() + str(Scene.open(path)["factors"]).encode())
    return {
        "bundle_sha256": hashlib.sha256((bundle / "bundle.json").read_bytes()).hexdigest(),
        "scenes": {"count": len(scenes), "first": scenes[0].stem, "last": scenes[-1].stem},
        "scenes_sha256": content.hexdigest(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
    }


def table(report: Mapping[str, Any]) -> str:
    """Overall scores, then the main ones by factor."""
    lines = [f"{'':28} {'mean':>8} {'median':>8} {'n':>6}"]
    for name, title in SCORES.items():
        if name in report["overall"]:
            score = report["overall"][name]
            lines.append(f"{title:28} {score['mean']:8.3f} {score['median']:8.3f} {score['n']:6}")
    shown = ("alpha_iou", "sampling_error_px", "garment_ssim")
    for factor, values in report["factors"].items():
        lines.append(f"\n{factor:28} " + " ".join(f"{name:>18}" for name in shown))
        for value, scores in values.items():
            cells = (f"{scores[name]['mean']:18.3f}" if name in scores else " " * 18 for name in shown)
            lines.append(f"  {value:26} " + " ".join(cells))
    return "\n".join(lines)
