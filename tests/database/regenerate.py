"""最初の版の移行（0001_initial.py）を、いまの表から書き直す。公開した後は使わない。

使い方：python -m tests.database.regenerate
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from database import migrations
from database.engine import make_engine

NAME = "0001_initial.py"


def main() -> None:
    """空のデータベースとの差を、そのまま最初の移行にする。"""
    versions = migrations.folder() / "versions"
    with tempfile.TemporaryDirectory() as folder:
        later = [f for f in versions.glob("[0-9]*_*.py") if f.name != NAME]
        kept = {f: f.read_bytes() for f in later}
        try:
            for file in [*later, versions / NAME]:
                file.unlink(missing_ok=True)
            engine = make_engine(Path(folder) / "empty.db", bytes(32), create=True)
            with engine.connect() as connection:
                config = migrations.config(connection)
                config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
                command.revision(config, message="initial", autogenerate=True, rev_id="0001")
            engine.dispose()
        finally:
            for file, content in kept.items():
                file.write_bytes(content)
    target = versions / NAME
    # 生成した行の長さは制約の文しだいで、折れない
    text = target.read_text("utf-8").replace(
        '"""initial。"""', '"""最初の表。"""\n\n# ruff: noqa: E501, RUF100', 1
    )
    target.write_text(text, "utf-8")
    for arguments in (["format", "-q"], ["check", "--fix", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, str(target)], check=True)


if __name__ == "__main__":
    main()
