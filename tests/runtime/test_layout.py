"""The layout tells the story: data flows one way, and the runtime stays lean."""

import ast
import sys
from pathlib import Path

import pytest

import lookglass

ROOT = Path(lookglass.__file__).parent
ALLOWED = {"lookglass", "numpy", "onnxruntime", "cv2", "pygame"}
FLOW = (
    {"errors", "types", "files", "pictures", "oklab"},
    {"bundle", "text", "categories"},
    {"engine"},
    {"person", "remembered", "mipmap", "region", "grain"},
    {"plate", "steady", "finish"},
    {"garment", "stopwatch"},
    {"network", "compose", "correspondence", "layer_pictures", "outfit"},
    {"frame_golden", "frame_path"},
    {"stream", "flow_measures", "fidelity", "comparison"},
    {"tryon"},
    {"live", "demo_assets"},
    {"doctor", "demo", "photo"},
    {"cli", "__main__"},
)
"""Modules and packages of the runtime, the earlier ones first; none imports one of a later rank."""
STEPS = (
    {"box", "gaps", "stretch", "forearm", "worn"},
    {"unrolled", "hair", "skin", "behind"},
    {"open_front", "hanging_arm", "slits", "shoes"},
    {"cloths", "hands", "old", "rims"},
    {"old_hem", "top_hem", "waist", "hips", "legs", "straight", "half_seen", "cuff_fit", "cuffs", "collar"},
    {"bottom", "near_arm", "wrists", "arm_outline", "arm_form", "shoulders", "bare_legs"},
    {"limbs"},
    {"edges", "lining", "shadow", "folds", "old_light", "crease", "repaint", "sleeve_hems"},
    {"order"},
    {"__init__"},
)
"""The same inside `finish`."""

MODULES = sorted(file for file in ROOT.rglob("*.py") if file != ROOT / "__init__.py")


def imported(file: Path) -> set[str]:
    """Dotted names that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rank(module: str, flow: tuple[set[str], ...] = FLOW) -> int:
    found = [number for number, modules in enumerate(flow) if module in modules]
    assert found, f"{module} has no place in the flow"
    return found[0]


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_imports_a_later_one_or_a_stranger(file: Path) -> None:
    own = rank(file.relative_to(ROOT).with_suffix("").parts[0])
    for name in imported(file):
        top, _, rest = name.partition(".")
        assert top in ALLOWED | sys.stdlib_module_names, f"{name} does not belong in the runtime"
        module = rest.split(".")[0]
        if top == "lookglass" and ((ROOT / module).is_dir() or (ROOT / f"{module}.py").is_file()) and module:
            assert rank(module) <= own, f"{name} comes later in the flow"


@pytest.mark.parametrize("file", sorted((ROOT / "finish").glob("*.py")), ids=lambda file: file.stem)
def test_no_step_imports_a_later_one(file: Path) -> None:
    own = rank(file.stem, STEPS)
    for name in imported(file):
        if name.startswith("lookglass.finish."):
            assert rank(name.split(".")[2], STEPS) <= own, f"{name} comes later in the flow"
