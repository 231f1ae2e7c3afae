"""入口。python -m app と nintei-desk は同じ。"""

import sys

from app.bootstrap import run


def main() -> int:
    """引数を渡して終了の値を返す。"""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
