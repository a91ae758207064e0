"""What the tagging head knows: names of its outputs in their order, and where they come from."""

from __future__ import annotations

from sonido.clip_embedding import FAMILIES, TONICS

FAMILY_NAMES = (
    *("piano", "chromatic percussion", "organ", "guitar", "bass", "strings", "ensemble", "brass"),
    *("reed", "pipe", "synth lead", "synth pad", "synth effects", "ethnic", "percussive", "sound effects"),
)
"""General MIDI's families of eight programs."""
INSTRUMENTS = (*FAMILY_NAMES, "drums", "voice")
assert len(FAMILY_NAMES) == FAMILIES

KEYS = tuple(f"{tonic}:{mode}" for tonic in TONICS for mode in ("maj", "min"))

PART_ROLES = (
    *("lead-vocal", "backing-vocal", "kick", "snare", "hats", "percussion", "drums", "bass", "guitar"),
    *("piano", "keys", "lead-synth", "pad", "pluck", "strings", "brass", "effects"),
)
"""What a track is in a mix; `drums` is a whole kit or loop, `brass` has the winds with it."""
MIXTURE = "mix"
ROLES = (*PART_ROLES, MIXTURE)
"""What a file is: one track, or many of them mixed."""

ACTIVITIES = ("voice", "drums")
VOICE_ROLES, DRUM_ROLES = ("lead-vocal", "backing-vocal"), ("kick", "snare", "hats", "percussion", "drums")
"""Roles that count as each activity."""
HELD_BY = {"voice": (*VOICE_ROLES, MIXTURE), "drums": (*DRUM_ROLES, MIXTURE)}
"""Roles of files in which each activity may be; the product tells none of another file."""
LEAST_HELD = 0.2
"""Probability of those roles together, from which it may."""

KICK, SNARE, HATS = (35, 36), (37, 38, 39, 40), (42, 44, 46, 49, 51, 52, 53, 55, 57, 59)
"""General MIDI percussion keys; cymbals are with the hats, as mixers group them."""

PROGRAMS: dict[str, tuple[int, ...]] = {
    "lead-vocal": (52, 53, 54, 85),
    "backing-vocal": (52, 53, 91),
    "bass": tuple(range(32, 40)),
    "guitar": tuple(range(24, 32)),
    "piano": (0, 1, 2, 3),
    "keys": (4, 5, 6, 7, *range(16, 24)),
    "lead-synth": (*range(80, 85), 86, 87),
    "pad": (*range(88, 91), *range(92, 96), 50, 51),
    "pluck": (*range(8, 16), 45, 46, 104, 105, 106, 107, 108),
    "strings": (40, 41, 42, 43, 44, 48, 49),
    "brass": (*range(56, 80),),
    "effects": (*range(96, 104), 119, 120, 121, 122, 123, 124, 125, 126, 127),
}
"""General MIDI programs that a role is rendered with; those that sound like voices are the vocals' alone."""

_EIR_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("drums", ("K_&_SN",)),
    ("backing-vocal", ("BGVOX",)),
    ("lead-vocal", ("VOX",)),
    ("hats", ("HAT", "HH", "TOPS")),
    ("kick", ("KICK",)),
    ("snare", ("CLAP", "SNARE")),
    ("percussion", ("PRC", "PERC")),
    ("effects", ("EFFECT", "SWEEP", "RISE", "TRANSI", "SLIDE", "BEEP", "SCRATCH", "MICROCOSM", "REVERSE")),
    ("drums", ("DRUM", "BEAT")),
    ("bass", ("BASS",)),
    ("pluck", ("PLUCK", "STAB")),
    ("lead-synth", ("SYNTH", "MELODY")),
)


def role_of_eir(stem: str) -> str | None:
    """Role from the file name of an EIR stem; None where the name does not say (BUILD, BREAK, FILL_BUILD)."""
    upper = stem.upper()
    return next((role for role, words in _EIR_WORDS if any(word in upper for word in words)), None)
