"""Training of the SoniDo music foundation model (HQ-VAE, then sparse transformers over its three token levels)."""
