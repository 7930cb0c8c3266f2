"""What a web worker holds: libraries that only the background or a rare file needs are not loaded for every visitor."""

import subprocess
import sys

HEAVY = {
    "celery", "kombu", "pypinyin", "rapidfuzz", "python_calamine", "highspy", "numpy", "cv2", "openpyxl", "PIL",
    "pyhanko", "typst",
}  # fmt: skip


def test_a_web_worker_loads_none_of_the_heavy_libraries():
    """Pinyin's tables alone are 50 MiB: whoever imports them at the top of a file pays it once a worker."""
    script = f"import sys, marketplace.wsgi; print(*sorted({HEAVY!r} & set(sys.modules)))"

    loaded = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)

    assert loaded.stdout.split() == []
