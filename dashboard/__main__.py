"""`python -m dashboard` is `permafrost-carbon`."""

import sys

from dashboard.cli import main

sys.exit(main())
