"""`python -m lookglass_export`, and `torchrun -m lookglass_export`: the same as `lookglass-export`."""

from lookglass_export.cli import main

main()
