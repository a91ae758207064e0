"""Music data: scores, sound sources, the renderer, real recordings, shards and splits."""
