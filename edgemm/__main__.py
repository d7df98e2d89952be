"""`python -m edgemm`."""

import sys
from pathlib import Path

# `-m` puts the working folder first: a `numpy.py` that lies there is not numpy.
if Path(sys.path[0]).resolve() != Path(__file__).resolve().parent.parent:
    del sys.path[0]

from edgemm.cli import main

sys.exit(main())
