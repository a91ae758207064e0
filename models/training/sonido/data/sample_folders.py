"""Drum kits put together from folders of single hits (Sonic Pi's and LMMS' samples)."""

from __future__ import annotations

from pathlib import Path

from sonido.data.drum_kits import Kit, Layer

KITS_PER_FOLDER = 3

FOLDERS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "sonic-pi": (
        "/usr/share/sonic-pi/samples",
        {
            "kick": ("bd_*", "drum_heavy_kick*"),
            "snare": ("sn_*", "drum_snare_hard*", "elec_*snare*"),
            "hat_closed": ("drum_cymbal_closed*",),
            "hat_open": ("drum_cymbal_open*",),
            "hat_pedal": ("drum_cymbal_pedal*",),
            "crash": ("drum_cymbal_hard*", "drum_splash_hard*", "elec_cymbal*"),
            "tom_high": ("drum_tom_hi_hard*", "drum_tom_mid_hard*", "elec_fuzz_tom*"),
            "tom_low": ("drum_tom_lo_hard*",),
            "cowbell": ("drum_cowbell*",),
        },
    ),
    "lmms": (
        "/usr/share/lmms/samples/drums",
        {
            "kick": ("kick*", "bassdrum*"),
            "snare": ("snare0*", "snare_[aehms]*"),
            "rim": ("rim*", "sidestick*"),
            "clap": ("clap*",),
            "hat_closed": ("hihat_closed*",),
            "hat_open": ("hihat_opened*",),
            "hat_pedal": ("hihat_foot*",),
            "tom_high": ("tom_hi*", "tom0*"),
            "tom_low": ("tom_low*",),
            "ride": ("ride*",),
            "crash": ("crash*",),
        },
    ),
}
"""Library -> (folder, class -> patterns of file names)."""


def installed(folders: dict[str, tuple[str, dict[str, tuple[str, ...]]]] | None = None) -> list[Kit]:
    """Kits `LIBRARY-0`, `LIBRARY-1`, ...: the n-th takes the n-th hit of each class (modulo their number)."""
    kits: list[Kit] = []
    for library, (folder, classes) in (FOLDERS if folders is None else folders).items():
        hits = {
            name: [p for pattern in patterns for p in sorted(Path(folder).glob(pattern))]
            for name, patterns in classes.items()
        }
        if not all(hits[name] for name in ("kick", "snare", "hat_closed")):
            continue
        for number in range(KITS_PER_FOLDER):
            # 5 is prime to most counts, so neighbouring kits share few hits.
            layers: dict[str, tuple[Layer, ...]] = {
                c: (Layer(0.0, 1.0, found[5 * number % len(found)]),) for c, found in hits.items() if found
            }
            kits.append(Kit(f"{library}-{number}", layers))
    return kits


def library_of(kit: str) -> str:
    """What must stay on one side of the split."""
    return kit.rpartition("-")[0]
