"""`lookglass-export`: data, training, evaluation and export from one command."""

import importlib
import sys

COMMANDS = {
    "models": ("lookglass_export.importer.person_models", "import the person models"),
    "folds": ("lookglass_export.folds.command", "drape tops and bake their folds"),
    "data": ("lookglass_export.data.generate", "render training scenes"),
    "sequence": ("lookglass_export.data.sequence", "film a rendered person"),
    "dataset": ("lookglass_export.datasets.command", "look into VITON, VITON-HD or DressCode"),
    "contact-sheet": ("lookglass_export.data.contact_sheet", "draw rendered scenes"),
    "train": ("lookglass_export.training.train", "train the networks"),
    "evaluate": ("lookglass_export.evaluation.evaluate", "score a bundle, or pictures by a protocol"),
    "export": ("lookglass_export.onnx_export.export", "write a bundle"),
}


def main() -> None:
    """Run one subcommand; each has its own `--help`."""
    name, *argv = sys.argv[1:] or ["--help"]
    if name not in COMMANDS:
        print("usage: lookglass-export COMMAND [options]\n")
        print("\n".join(f"  {command:14} {text}" for command, (_, text) in COMMANDS.items()))
        raise SystemExit(name not in ("-h", "--help"))
    importlib.import_module(COMMANDS[name][0]).main(argv)
