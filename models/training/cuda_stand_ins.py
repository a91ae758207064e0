"""Stand-ins for the CUDA libraries that PyTorch's default build is linked to and calls on a GPU only.

`cuda_stand_ins.py SITE_PACKAGES` writes one shared library per missing CUDA library into torch/lib: every symbol that
PyTorch asks of it, under its version, as a function that aborts. They take the place of 2 GB of downloads; needs a C
compiler (`CC`, default cc) and binutils' nm and readelf.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

LIBRARIES = frozenset(
    ("cublas", "cublasLt", "cudnn", "cufft", "curand", "cusparse", "cusparseLt", "nccl", "nvrtc", "nvshmem_host")
)


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main(site_packages: Path) -> None:
    folder = site_packages / "torch" / "lib"
    wanted: dict[str, set[str]] = defaultdict(set)  # symbol version ("" for none) -> symbols
    names: set[str] = set()
    for library in sorted(folder.glob("*.so")):
        names |= set(re.findall(r"NEEDED.*\[(lib[^]]+)\]", output("readelf", "-dW", str(library))))
        undefined = output("nm", "-D", "--undefined-only", "--with-symbol-versions", str(library))
        for symbol, version in re.findall(r" U ((?:cu|nccl|nvrtc|nvshmem)\w+)(?:@(\S+))?", undefined):
            wanted[version].add(symbol)
    present = {path.name for path in site_packages.glob("nvidia/**/lib*.so*")}
    for name in sorted(n for n in names - present if n[3:].split(".so")[0] in LIBRARIES):
        kind = name[3:].split(".so")[0].removesuffix("_host")
        version = {"nvshmem": "NVSHMEM"}.get(kind, name if name in wanted else "")
        symbols = sorted(s for s in wanted[version] if version or s.lower().startswith(kind.lower()))
        code = "void abort(void);\n" + "".join(f"void {s}(void) {{ abort(); }}\n" for s in symbols)
        script = folder / "stand_in.map"
        script.write_text(f"{version} {{ global: *; }};\n" if version else "{ global: *; };\n")
        command = [os.environ.get("CC", "cc"), "-shared", "-fPIC", "-x", "c", "-", "-o", str(folder / name)]
        subprocess.run([*command, f"-Wl,-soname,{name},--version-script,{script}"], input=code, text=True, check=True)
        script.unlink()
        print(f"{name}: {len(symbols)} functions")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
