"""What the features know: linear probes on hidden states against mel, stage 1 and untrained networks."""
