"""What can be known of a kernel without running it: registers, spills, occupancy, instructions, rooflines.

`python -m lookglass_kernels.static_evidence` reads the built fatbins with NVIDIA's disassembler
(`pip install nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm`) and writes the tables into `kernels/README.md`.
"""

import hashlib
import json

from lookglass_kernels.abi import LaunchPlan
from lookglass_kernels.build import KERNELS, MANIFEST, ROOT, BuildError, build_fatbins
from lookglass_kernels.roofline import ATTENTIONS, CHIPS, pictures
from lookglass_kernels.sass import Code, read_code

README = ROOT / "README.md"
BEGIN, END = "<!-- static evidence: begin -->\n", "<!-- static evidence: end -->\n"

# Warps and shared memory (kB) of a multiprocessor; 65,536 registers each.
LIMITS = {
    75: (32, 64),
    80: (64, 164),
    86: (48, 100),
    87: (48, 164),
    89: (48, 100),
    90: (64, 228),
    120: (48, 100),
}


def occupancy(plan: LaunchPlan, code: Code) -> int:
    """Warps that are resident on a multiprocessor at once."""
    warps_limit, shared_kb = LIMITS[code.architecture]
    warps = int(plan.block[0]) // 32
    per_warp = -(-code.registers * 32 // 256) * 256
    by_registers = 65536 // per_warp // 4 * 4 // warps
    reserved = 0 if code.architecture == 75 else 1024
    by_shared = shared_kb * 1024 // (plan.shared_bytes + reserved) if plan.shared_bytes else 32
    return min(by_registers, by_shared, warps_limit // warps, 16) * warps


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def attention_table(codes: list[Code]) -> str:
    """One row for each product shape and chip, with the tile that the plan takes there."""
    rows = []
    by_name = {(code.name, code.architecture): code for code in codes}
    for shape in ATTENTIONS:
        for chip in CHIPS:
            plan, splits = shape.plan(chip.multiprocessors)
            code = by_name[plan.kernel.decode(), chip.architecture]
            blocks = plan.grid[0] * plan.grid[1] * plan.grid[2]
            kinds = (code.loop[kind] for kind in ("all", "HMMA", "LDSM", "MUFU.EX2", "float"))
            rows.append(
                [str(shape), chip.name, code.name.removeprefix("cross_attention_"), str(splits), str(blocks),
                 *_resources(plan, code), " / ".join(map(str, kinds))]
            )  # fmt: skip
    header = ["shape", "chip", "tile", "splits", "blocks", *_RESOURCES]
    return _table([*header, "loop: all / HMMA / LDSM / EX2 / float"], rows)


def picture_table(codes: list[Code]) -> str:
    """One row for each kernel that makes pictures and architecture."""
    plans = {plan.kernel.decode(): plan for made in pictures() for plan in made.plans}
    rows = [
        [code.name, f"sm_{code.architecture}", *_resources(plans[code.name], code), str(code.instructions)]
        for code in codes
    ]
    return _table(["kernel", "architecture", *_RESOURCES, "instructions"], rows)


_RESOURCES = ("registers", "spilled bytes", "shared kB", "warps / SM")


def _resources(plan: LaunchPlan, code: Code) -> tuple[str, ...]:
    shared = f"{plan.shared_bytes / 1024:.1f}"
    return str(code.registers), str(code.local_bytes), shared, str(occupancy(plan, code))


def roofline_table() -> str:
    """The least time each chip's data sheet allows, and what sets it."""
    rows = []
    for shape in (*ATTENTIONS, *pictures()):
        moved, flops, exps = shape.work()
        cells = [str(shape), f"{moved / 1e6:.2f}", f"{flops / 1e6:.0f}", f"{exps / 1e6:.2f}"]
        for chip in CHIPS:
            limit, time_us = max(shape.times_us(chip).items(), key=lambda item: item[1])
            cells.append(f"{time_us:.2f} ({limit})")
        rows.append(cells)
    return _table(["shape", "MB", "MFLOP", "M exp", *(f"{chip.name}, us" for chip in CHIPS)], rows)


def sources() -> str:
    """Hash of all that nvcc reads."""
    folders = [ROOT / name for name in (*KERNELS, "common")]
    files = sorted(file for folder in folders for file in folder.iterdir() if file.suffix != ".md")
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def main() -> None:
    """Rewrite the tables in the README."""
    fatbins = build_fatbins()
    codes = {name: read_code(path) for name, path in fatbins.items()}
    spilled = [f"{c.name} on sm_{c.architecture}" for cs in codes.values() for c in cs if c.local_bytes]
    if spilled:
        raise BuildError(f"these kernels spill registers: {', '.join(spilled)}")
    frames = [code for name in ("warp_composite", "preprocess") for code in codes[name]]
    compiler = json.loads(MANIFEST.read_text())["compiler"]
    text = README.read_text()
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    tables = (
        f"Read from the machine code of fatbins built by {compiler} from sources {sources()}:\n\n"
        f"{attention_table(codes['cross_attention'])}\n{picture_table(frames)}\n"
        f"Arithmetic from data sheets, not measured:\n\n{roofline_table()}"
    )
    README.write_text(f"{head}{BEGIN}{tables}{END}{tail}")


if __name__ == "__main__":
    main()
