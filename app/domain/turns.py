"""同時に使えないものの順番。"""

from threading import Lock

# pdfium は二つの糸から同時に使えない。頁を分ける側も、絵にする側も、この番を取ってから使う
PDFIUM = Lock()
