"""入口。python -m app と nintei-desk は同じ。"""

import sys


def main() -> int:
    """引数を渡して終了の値を返す。"""
    if sys.argv[1:2] == ["--workbook-child"]:
        # 配布物では同じ実行ファイルが、ブックを読むだけの子プロセスにもなる
        from app.workbooks import child

        return child.main()
    if sys.argv[1:2] == ["--scan-child"]:
        # 書類の写しを確かめるだけの子プロセスにも
        from app.documents import scan_check

        return scan_check.main()
    from app.bootstrap import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
