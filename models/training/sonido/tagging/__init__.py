"""The first head on the features: instruments, track roles, key, voice and drum activity."""
