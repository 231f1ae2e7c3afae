"""画面の外の仕事：結果が一度だけ届くこと、しまった画面には届かないこと。"""

from functools import partial
from threading import Event

from pytestqt.qtbot import QtBot

from ui.background import Background, Progress


def _wait_for(event: Event) -> int:
    assert event.wait(10)
    return 7


def test_a_result_is_delivered_once(qtbot: QtBot, background: Background) -> None:
    got: list[int] = []
    gate = Event()
    job = background.run(lambda _p: _wait_for(gate), got.append)
    with qtbot.waitSignal(job.finished):
        gate.set()
    qtbot.wait(10)
    assert (got, background.is_busy) == ([7], False)


def test_nothing_is_delivered_after_the_screens_were_put_away(qtbot: QtBot, background: Background) -> None:
    got: list[object] = []
    gate = Event()

    def fail(_progress: Progress) -> None:
        _wait_for(gate)
        raise ValueError

    background.run(lambda _p: _wait_for(gate), got.append)
    background.run(fail, failed=got.append)
    gate.set()
    # 仕事は終わっても、知らせはまだ順番を待っている
    assert background.stop()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert got == []


def test_a_job_that_held_the_last_reference_to_its_background_dies_once(qtbot: QtBot) -> None:
    told: list[tuple[Background, int]] = []

    def tell(keeper: Background, value: int) -> None:
        told.append((keeper, value))

    for _ in range(20):
        made = Background()
        job = made.run(lambda _p: 7, partial(tell, made))
        with qtbot.waitSignal(job.finished):
            pass
        # 残るのは、仕事の届け先の閉包だけが持つ参照
        del made, job
        assert [value for _, value in told] == [7]
        told.clear()
        qtbot.wait(10)
