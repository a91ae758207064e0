#!/usr/bin/env bash
# Installs the programs, sound sources and free music of apt-packages.txt (Debian 12; run as root).
set -euo pipefail
cd "$(dirname "$0")"
grep -v '^#' apt-packages.txt | xargs apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends
