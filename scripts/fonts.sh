#!/usr/bin/env bash
# Rebuilds assets/fonts: the fonts of PDF documents, cut down to what names and addresses in Europe need.
# Needs node's npm and python3; downloads from their registries. The result is the same each time.
set -euo pipefail
cd "$(dirname "$0")/.."

inter='inter-ui@4.1.1'
sum=e392e4d71f18a7c1f23dfecd833d68fa05eeab41862686584e80fd2b5d87e9c0

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
npm pack --silent --pack-destination "$scratch" "$inter" >/dev/null
echo "$sum  $scratch/inter-ui-4.1.1.tgz" | sha256sum --check --quiet
tar -xzf "$scratch/inter-ui-4.1.1.tgz" -C "$scratch"
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --disable-pip-version-check fonttools==4.68.0 brotli==1.2.1

mkdir -p assets/fonts
"$scratch/venv/bin/python" - "$scratch/package" assets/fonts <<'PYTHON'
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

source, target = map(Path, sys.argv[1:])
# Latin with its extensions and Vietnamese, Greek and polytonic Greek, Cyrillic, combining marks, punctuation, currency,
# arrows.
ranges = [
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x0259, 0x0259), (0x02B9, 0x02DD), (0x0300, 0x036F), (0x0370, 0x03FF),
    (0x0400, 0x052F), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x2122),
    (0x2190, 0x2193), (0x2212, 0x2212), (0xFB01, 0xFB02), (0xFFFD, 0xFFFD),
]
for name in ["Inter-Regular", "Inter-SemiBold"]:
    font = TTFont(source / "web" / f"{name}.woff2", recalcTimestamp=False)
    options = subset.Options(
        layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "calt", "tnum", "case"],
        hinting=False,
        notdef_outline=True,
        recalc_timestamp=False,
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    subsetter.subset(font)
    font.flavor = None
    font.save(target / f"{name}.ttf")
PYTHON
cp "$scratch/package/LICENSE.txt" assets/fonts/Inter.LICENSE
( cd assets/fonts && sha256sum ./*.ttf Inter.LICENSE > SHA256SUMS )
