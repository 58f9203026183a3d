"""What can be known of a kernel without running it: registers, spills, occupancy, instructions, rooflines.

`python -m lookglass_kernels.static_evidence` reads the built fatbins with NVIDIA's disassembler
(`pip install nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm`) and writes the tables into `kernels/README.md`.
"""

from dataclasses import dataclass

from lookglass_kernels.abi import CrossAttentionParams, LaunchPlan, plan_cross_attention
from lookglass_kernels.build import ROOT, BuildError, build_fatbins
from lookglass_kernels.sass import Code, read_code

README = ROOT / "README.md"
BEGIN, END = "<!-- static evidence: begin -->\n", "<!-- static evidence: end -->\n"


@dataclass(frozen=True)
class Chip:
    """What the tables need of a GPU, from its data sheet; `exp` is 16 a clock and multiprocessor."""

    name: str
    architecture: int
    multiprocessors: int
    bandwidth_gb_s: float
    tensor_tflops: float
    exp_g_s: float


CHIPS = (
    Chip("H100 SXM", 90, 132, 3350, 989, 3707),
    Chip("RTX 4090", 89, 128, 1008, 165, 5161),
    Chip("RTX 3060", 86, 28, 360, 25.5, 796),
    Chip("T4", 75, 40, 320, 65, 1018),
    Chip("AGX Orin", 87, 16, 205, 42, 333),
    Chip("Orin NX", 87, 8, 102, 15, 118),
)

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

SHAPES = (
    (192, 256, 4, 32, 32, 0),
    (768, 256, 3, 32, 16, 8),
    (768, 1024, 1, 64, 32, 8),
    (3072, 1024, 1, 64, 64, 0),
    (768, 1024, 8, 64, 64, 0),
    (3072, 1024, 8, 64, 64, 0),
)
"""Queries, keys, heads, key width, value width, extra columns."""


def occupancy(plan: LaunchPlan, code: Code) -> int:
    """Warps that are resident on a multiprocessor at once."""
    warps_limit, shared_kb = LIMITS[code.architecture]
    warps = int(plan.block[0]) // 32
    per_warp = -(-code.registers * 32 // 256) * 256
    by_registers = 65536 // per_warp // 4 * 4 // warps
    reserved = 0 if code.architecture == 75 else 1024
    by_shared = shared_kb * 1024 // (plan.shared_bytes + reserved) if plan.shared_bytes else 32
    return min(by_registers, by_shared, warps_limit // warps, 16) * warps


def _attention(shape: tuple[int, ...], multiprocessors: int) -> tuple[CrossAttentionParams, LaunchPlan]:
    queries, keys, heads, key_width, value_width, extra = shape
    sizes = dict(heads=heads, queries=queries, keys=keys, extra_width=extra)
    params = CrossAttentionParams(**sizes, key_width=key_width, value_width=value_width)
    return params, plan_cross_attention(params, multiprocessors=multiprocessors)


def attention_work(shape: tuple[int, ...]) -> tuple[float, float, float]:
    """Bytes that must move once, floating-point operations, and exponentials."""
    queries, keys, heads, key_width, value_width, extra = shape
    rows, columns = queries * heads, keys * heads
    half = rows * (key_width + value_width) + columns * (key_width + value_width) + keys * extra
    flops = 2 * rows * keys * (key_width + value_width + (16 if extra else 0))
    return 2 * half + 4 * rows * (1 + extra), flops, rows * keys


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def attention_table(codes: list[Code]) -> str:
    """One row for each product shape and architecture, with the tile that the plan takes on its chip."""
    rows = []
    by_name = {(code.name, code.architecture): code for code in codes}
    for shape in SHAPES:
        for chip in CHIPS:
            params, plan = _attention(shape, chip.multiprocessors)
            code = by_name[plan.kernel.decode(), chip.architecture]
            blocks = plan.grid[0] * plan.grid[1] * plan.grid[2]
            kinds = (code.loop[kind] for kind in ("all", "HMMA", "LDSM", "MUFU.EX2", "float"))
            rows.append(
                [_name(shape), chip.name, code.name.removeprefix("cross_attention_"), str(params.splits),
                 str(blocks), str(code.registers), str(code.local_bytes), f"{plan.shared_bytes / 1024:.1f}",
                 str(occupancy(plan, code)), " / ".join(map(str, kinds))]
            )  # fmt: skip
    header = ["shape", "chip", "tile", "splits", "blocks", "registers", "spilled bytes", "shared kB"]
    return _table([*header, "warps / SM", "loop: all / HMMA / LDSM / EX2 / float"], rows)


def roofline_table() -> str:
    """The least time each chip's data sheet allows: the largest of memory, matrix units and exponentials."""
    rows = []
    for shape in SHAPES:
        moved, flops, exps = attention_work(shape)
        cells = [_name(shape), f"{moved / 1e6:.2f}", f"{flops / 1e6:.0f}", f"{exps / 1e6:.2f}"]
        for chip in CHIPS:
            times = (
                moved / chip.bandwidth_gb_s / 1e3,
                flops / chip.tensor_tflops / 1e6,
                exps / chip.exp_g_s / 1e3,
            )
            cells.append(f"{max(times):.2f} ({('mem', 'mma', 'exp')[times.index(max(times))]})")
        rows.append(cells)
    return _table(["shape", "MB", "MFLOP", "M exp", *(f"{chip.name}, us" for chip in CHIPS)], rows)


def picture_table(codes: list[Code]) -> str:
    """Registers, spills and size of the kernels that draw pictures."""
    rows = [
        [
            code.name,
            f"sm_{code.architecture}",
            str(code.registers),
            str(code.local_bytes),
            str(code.instructions),
        ]
        for code in codes
    ]
    return _table(["kernel", "architecture", "registers", "spilled bytes", "instructions"], rows)


def _name(shape: tuple[int, ...]) -> str:
    queries, keys, heads, key_width, value_width, extra = shape
    return f"{queries}x{keys} x {heads} x {key_width}/{value_width}" + (f" + {extra}" if extra else "")


def main() -> None:
    """Rewrite the tables in the README."""
    fatbins = build_fatbins()
    codes = {name: read_code(path) for name, path in fatbins.items()}
    spilled = [f"{c.name} on sm_{c.architecture}" for cs in codes.values() for c in cs if c.local_bytes]
    if spilled:
        raise BuildError(f"these kernels spill registers: {', '.join(spilled)}")
    pictures = [code for name in ("warp_composite", "preprocess") for code in codes[name]]
    text = README.read_text()
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    tables = (
        "Read from the machine code of the built fatbins:\n\n"
        f"{attention_table(codes['cross_attention'])}\n{picture_table(pictures)}\n"
        f"Arithmetic from data sheets, not measured:\n\n{roofline_table()}"
    )
    README.write_text(f"{head}{BEGIN}{tables}{END}{tail}")


if __name__ == "__main__":
    main()
