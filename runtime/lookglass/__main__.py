"""`python -m lookglass`."""

import sys

from lookglass.cli import main

sys.exit(main())
