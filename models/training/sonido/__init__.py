"""Training of the SoniDo music foundation model (HQ-VAE, then sparse transformers over its three token levels)."""

import os

# Before numpy is loaded: its threads spin, and on busy cores that makes small decompositions a hundred times slower.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
