import subprocess
import sys

SCRIPT = """
import sys
from app.documents import certificate, fonts, letters, minutes, qr
print(sorted({"reportlab", "segno", "pypdfium2", "PIL"} & set(sys.modules)))
"""


def test_heavy_libraries_are_read_only_when_something_is_printed() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
