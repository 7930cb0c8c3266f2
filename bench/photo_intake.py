"""P7: what does taking in a 12-megapixel photo cost, beside plain Pillow making the same outputs; how much memory?

Ours is the photo worker as it runs in production, a process of its own with its limits (its start is counted). Plain
Pillow, also a process of its own, opens the whole picture, turns it, makes the same four sizes from the original in
the same two formats, weights and qualities, and the same hashes. Both run in turn; CPU is that of the child processes.
The hostile files of ../shared/data/07_photos are answered too, where they are there: slowest, and most memory.

    python bench/photo_intake.py
"""

import io
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
WORKER = ROOT / "records" / "photo_worker.py"
TARGET, MOST_MIB, MOST_SECONDS = 0.65, 512, 5
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
HOSTILE = ROOT.parent / "shared" / "data" / "07_photos" / "hostile"
PLAIN = """
import hashlib, io, runpy, sys
from PIL import Image, ImageOps
worker = runpy.run_path(sys.argv[1])
COPIES, prints_of = worker["COPIES"], worker["prints_of"]
raw = sys.stdin.buffer.read()
hashlib.sha256(raw).hexdigest()
photo = ImageOps.exif_transpose(Image.open(io.BytesIO(raw))).convert("RGB")
hashlib.sha256(photo.tobytes()).hexdigest()
copies = []
for px, (webp, jpeg) in COPIES.items():
    small = photo.copy()
    small.thumbnail((px, px), Image.Resampling.LANCZOS)
    for suffix, most, how in (("webp", webp, {"method": 3}), ("jpg", jpeg, {"optimize": True, "progressive": True})):
        for quality in (80, 72, 64, 56, 48, 40, 30, 20):
            box = io.BytesIO()
            small.save(box, "WEBP" if suffix == "webp" else "JPEG", quality=quality, **how)
            if box.tell() <= most:
                break
        copies.append((px, suffix, box.getvalue()))
prints_of(copies, Image)
"""


def a_photo(seed: int) -> bytes:
    """Return a JPEG of 12 megapixels with the detail of a real one: blotches under fine noise, turned by the phone."""
    picture = Image.effect_noise((4032, 3024), 24).convert("RGB")
    blotches = Image.effect_noise((63, 47), 90 + seed).resize(picture.size).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    box = io.BytesIO()
    Image.blend(picture, blotches, 0.7).save(box, "JPEG", quality=88, exif=exif)
    return box.getvalue()


def spent(command: list[str], raw: bytes) -> tuple[float, float, int]:
    """Return CPU milliseconds, wall seconds and the greatest resident size in MiB of one run."""
    reader = (
        "import resource, subprocess, sys\n"
        "ran = subprocess.run(sys.argv[1:], stdin=sys.stdin.buffer, stdout=subprocess.DEVNULL, "
        "stderr=subprocess.DEVNULL)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "assert ran.returncode <= 0, ran.returncode\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    began = time.perf_counter()
    ran = subprocess.run([sys.executable, "-c", reader, *command], input=raw, capture_output=True, check=True)
    seconds, kib = ran.stdout.split()
    return float(seconds) * 1000, time.perf_counter() - began, int(kib) // 1024


def main():
    """Run both in turn and print the one line."""
    ours = [sys.executable, "-I", str(WORKER)]
    plain = [sys.executable, "-c", PLAIN, str(WORKER)]
    pairs = []
    for turn in range(ROUNDS):
        raw = a_photo(turn)
        pairs.append((spent(ours, raw), spent(plain, raw)))
    ratio = statistics.median(mine[0] / theirs[0] for mine, theirs in pairs)
    hostile = {}
    for path in sorted(HOSTILE.iterdir()) if HOSTILE.exists() else []:
        if path.is_file():
            _cpu, wall, mib = spent(ours, path.read_bytes())
            hostile[path.name] = (round(wall, 2), mib)
    most_mib = max([mine[2] for mine, _theirs in pairs] + [mib for _wall, mib in hostile.values()])
    slowest = max([wall for wall, _mib in hostile.values()], default=0)
    print(
        json.dumps(
            {
                "question": "P7 photo_intake",
                "ratio": round(ratio, 3),
                "target": TARGET,
                "ok": ratio <= TARGET and most_mib <= MOST_MIB and slowest <= MOST_SECONDS,
                "detail": {
                    "cpu_ms": round(statistics.median(mine[0] for mine, _theirs in pairs)),
                    "plain_cpu_ms": round(statistics.median(theirs[0] for _mine, theirs in pairs)),
                    "ratios": [round(mine[0] / theirs[0], 3) for mine, theirs in pairs],
                    "most_mib": most_mib,
                    "hostile_files": len(hostile),
                    "hostile_slowest_seconds": slowest,
                },
            }
        )
    )


if __name__ == "__main__":
    main()
