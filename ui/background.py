"""長い仕事を画面の外で行う唯一の道。"""

from collections.abc import Callable
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal, Slot

_LEAVING = 5  # 仕事の糸が知らせを送り終えるのを待つ間（ミリ秒）


class Cancelled(Exception):  # noqa: N818  誤りではなく、利用者の求めた中止
    """中止の求めに応じて仕事をやめたこと。"""


class Progress:
    """仕事の側から進みを知らせ、中止の求めを見る窓口。"""

    def __init__(self, report: Callable[[int, int, str], None], cancelled: Event) -> None:
        self._report, self._cancelled = report, cancelled

    @property
    def is_cancelled(self) -> bool:
        """中止が求められていれば真。"""
        return self._cancelled.is_set()

    def report(self, done: int, total: int, text: str = "") -> None:
        """進みを知らせる。中止が求められていれば Cancelled を上げて仕事を終わらせる。"""
        if self._cancelled.is_set():
            raise Cancelled
        self._report(done, total, text)


Work = Callable[[Progress], Any]


class Job(QObject):
    """走っている仕事。合図はすべて画面の側の糸で届く。

    done(結果)・failed(例外)・cancelled() のどれか一つが一度だけ（abandon したら届かない）、その後に finished() が届く。
    progress(済んだ数, 全体, 言葉) は何度でも届く。
    """

    done = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    progress = Signal(int, int, str)
    finished = Signal()
    _ended = Signal(str, object)
    _moved = Signal(int, int, str)

    def __init__(self) -> None:
        # 親を持たない。届け先の閉包が Background の最後の参照だと、親の片付けがこの Job を二度消してしまう
        super().__init__()
        self._stop = Event()
        self._over = False
        self._abandoned = False
        # 走る糸が違うので、必ず画面の側の順番待ちに入れて渡す
        self._ended.connect(self._on_end, Qt.ConnectionType.QueuedConnection)
        self._moved.connect(self._on_move, Qt.ConnectionType.QueuedConnection)

    @property
    def is_over(self) -> bool:
        """終わっていれば真。"""
        return self._over

    @property
    def stop_wanted(self) -> Event:
        """中止の求め。"""
        return self._stop

    def cancel(self) -> None:
        """中止を求める。仕事が次に進みを知らせるところで止まる。"""
        self._stop.set()

    def abandon(self) -> None:
        """中止を求め、結果も届けない。受け取る画面がなくなるときに使う。"""
        self._stop.set()
        self._abandoned = True

    def end(self, how: str, value: object) -> None:
        """仕事の糸から、終わり方（done・failed・cancelled）と値を渡す。"""
        self._ended.emit(how, value)

    def move(self, done: int, total: int, text: str) -> None:
        """仕事の糸から、進みを渡す。"""
        self._moved.emit(done, total, text)

    @Slot(int, int, str)
    def _on_move(self, done: int, total: int, text: str) -> None:
        if not self._stop.is_set():
            self.progress.emit(done, total, text)

    @Slot(str, object)
    def _on_end(self, how: str, value: object) -> None:
        self._over = True
        if self._abandoned:
            pass
        elif how == "done":
            self.done.emit(value)
        elif how == "failed":
            self.failed.emit(value)
        else:
            self.cancelled.emit()
        self.finished.emit()


class _Runner(QRunnable):
    def __init__(self, work: Work, job: Job) -> None:
        super().__init__()
        self._work, self._job = work, job
        # 知らせを送り終え、Job にも仕事にも触れなくなったか
        self.left = Event()
        self.setAutoDelete(False)

    def run(self) -> None:
        how: str
        value: object
        try:
            how, value = "done", self._work(Progress(self._job.move, self._job.stop_wanted))
        except Cancelled:
            how, value = "cancelled", None
        except BaseException as error:  # noqa: BLE001  糸を越えて渡すため、どの誤りもここで受け取る
            how, value = "failed", error
        try:
            self._job.end(how, value)
        finally:
            value = None
            self.left.set()

    def let_go(self) -> None:
        """Job と仕事を放す。画面の部品を持つので、画面の側の糸で呼ぶ。"""
        del self._work, self._job


class Background(QObject):
    """長い仕事の受け持ち。窓が一つ持ち、部屋に渡す。"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(2)
        # 終わるまで参照を持つ（Python の側で先に捨てられると落ちる）
        self._running: dict[Job, _Runner] = {}

    @property
    def is_busy(self) -> bool:
        """走っている仕事があれば真。"""
        return any(not job.is_over for job in self._running)

    def run(
        self,
        work: Work,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> Job:
        """仕事を始める。work は Progress を一つ受け取り、値を返すか例外を上げる。"""
        job = Job()
        if done is not None:
            job.done.connect(done)
        if failed is not None:
            job.failed.connect(failed)
        if progress is not None:
            job.progress.connect(progress)
        runner = _Runner(work, job)
        self._running[job] = runner
        job.finished.connect(self._sweep_soon)
        self._pool.start(runner)
        return job

    @Slot()
    def _sweep_soon(self) -> None:
        # 合図を送っている Job をその中で捨てない
        QTimer.singleShot(_LEAVING, self, self._sweep)

    @Slot()
    def _sweep(self) -> None:
        """終わって糸の離れた仕事を、画面の側の糸で捨てる。"""
        over = [job for job in self._running if job.is_over]
        for job in over:
            if self._running[job].left.is_set():
                self._running.pop(job).let_go()
            else:
                self._sweep_soon()

    def stop(self, milliseconds: int = 5000) -> bool:
        """画面をしまうときに、すべてに中止を求め、終わるのを待つ。結果は届けない。時間の内に終われば真。"""
        for job in list(self._running):
            job.abandon()
        return self._pool.waitForDone(milliseconds)
