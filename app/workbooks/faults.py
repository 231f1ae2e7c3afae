"""機械の断った理由を日本語の短い句にする。"""

import errno

_WORDS = {
    errno.ENOENT: "その場所がない",
    errno.ENOTDIR: "その場所がない",
    errno.EACCES: "許されていないか、ほかで開いている",
    errno.EPERM: "許されていない",
    errno.EBUSY: "ほかで開いている",
    errno.EISDIR: "フォルダーである",
    errno.EEXIST: "同じ名のものがある",
    errno.ENOSPC: "空き容量がない",
    errno.EDQUOT: "割り当てられた容量を使い切った",
    errno.EROFS: "書けない場所である",
    errno.ENAMETOOLONG: "名が長すぎる",
    errno.EFBIG: "大きすぎる",
    errno.EIO: "読み書きの障害",
    errno.ENODEV: "装置が外れている",
    errno.ENXIO: "装置が外れている",
    errno.EMFILE: "開いているファイルが多すぎる",
}


def fault_words(error: OSError) -> str:
    """理由の句（「空き容量がない」など）。知らない番号は番号で言う。"""
    if error.errno is None:
        return "理由は分からない"
    return _WORDS.get(error.errno, f"番号 {error.errno}")
