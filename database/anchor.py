"""錨：監査記録の先頭を、データベースの外のファイル（nintei.db.head）に控える。末尾の切取りと古い版の差戻しを見破る。"""

import hmac
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from database.files import beside, write_atomic

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AnchorPoint:
    """控えた先頭。hash は16進。"""

    sequence: int
    hash: str


class AnchorForged(Exception):  # noqa: N818  誤りの名として通る
    """控えが読めないか、鍵を持たない者が書いた。"""


def anchor_path(database: Path) -> Path:
    """データベースの錨のファイルの名（nintei.db.head）。"""
    return beside(database, ".head")


class Anchor:
    """錨のファイル。armed が偽の間は進めない：食い違いを次の保存で塗りつぶさないためである。"""

    def __init__(self, database: Path, mac_key: bytes) -> None:
        """database はデータベースの名。"""
        self.path = anchor_path(database)
        self.armed = False
        self._mac_key = mac_key
        self._lock = Lock()
        self._last = 0

    def _mac(self, point: AnchorPoint) -> str:
        message = f"anchor\n{point.sequence}\n{point.hash}".encode()
        return hmac.digest(self._mac_key, message, "sha256").hex()

    def read(self) -> AnchorPoint | None:
        """控えを読む。無ければ None、壊れているか偽物なら AnchorForged。"""
        try:
            content = json.loads(self.path.read_bytes())
            point = AnchorPoint(int(content["sequence"]), str(content["hash"]))
            mac = str(content["mac"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise AnchorForged from None
        if not hmac.compare_digest(mac.encode(), self._mac(point).encode()):
            raise AnchorForged
        return point

    def write(self, point: AnchorPoint) -> None:
        """控えを書く。失敗すれば OSError。"""
        content = {"sequence": point.sequence, "hash": point.hash, "mac": self._mac(point)}
        write_atomic(self.path, json.dumps(content).encode())

    def advance(self, point: AnchorPoint) -> None:
        """保存の後に控えを進める。書けなくても保存は済んでいるので、記録に残して続ける（次の保存で追いつく）。"""
        with self._lock:
            if not self.armed or point.sequence <= self._last:
                return
            try:
                self.write(point)
            except OSError as error:
                log.warning("監査記録の控えを書けませんでした（errno %s）", error.errno)
            else:
                self._last = point.sequence
