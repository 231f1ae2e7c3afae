"""同じ仕事の二つのやり方を、同じ走りの中で交互に計り、比と伸び方を一行にする。"""

import gc
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Work = Callable[[], object]
ROUNDS = 5
HOUSE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Pair:
    """一つの大きさの、自分のやり方と、名のある別のやり方。どちらも何度でも呼べる。

    reset があれば、一度ごとに計る前に呼ぶ（そのときは繰り返してまとめて計らない）。
    """

    ours: Work
    other: Work
    reset: Work | None = None


@dataclass(frozen=True)
class Job:
    """一つの仕事。prepare は（大きさ, 空のフォルダー）から Pair を作る。goal は比の上限。

    wall が真なら経過時間で（起動など）、偽なら子プロセスを含む CPU 時間で比べる。
    """

    name: str
    other: str
    goal: float
    sizes: tuple[int, int]
    prepare: Callable[[int, Path], Pair]
    wall: bool = False
    full: int = 0
    rounds: int = ROUNDS
    memory: bool = True


@dataclass(frozen=True)
class Figures:
    """計った値。秒と、起動後に増えた記憶（MiB）。"""

    size: int
    ours: float
    other: float
    ratio: float
    memory: float | None


def cpu_seconds() -> float:
    """この過程と、終わった子の CPU 時間（秒）。"""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _repeats(work: Work, clock: Callable[[], float], reset: Work | None) -> int:
    """一度の計りが 0.3 秒を越えるまでの繰り返しの数（暖めも兼ねる）。"""
    if reset is not None:
        _once(work, 1, clock, reset)
        return 1
    count = 1
    while True:
        start = clock()
        for _ in range(count):
            work()
        spent = clock() - start
        if spent >= 0.3:
            return count
        count = math.ceil(count * (2 if spent < 0.05 else 0.4 / spent))


def _once(work: Work, count: int, clock: Callable[[], float], reset: Work | None) -> float:
    if reset is not None:
        reset()
    gc.collect()
    start = clock()
    for _ in range(count):
        work()
    return (clock() - start) / count


def _grown_megabytes(work: Work) -> float | None:
    """分かれた過程で一度行い、増えた最大の記憶（孫の過程も）を MiB で返す。"""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        work()
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        grown = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        os.write(writer, str(grown).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as answer:
        text = answer.read()
    return int(text) / 1024 if text else None


def measure(job: Job, size: int, folder: Path) -> Figures:
    """暖めてから、二つのやり方を交互に計り、中央値を返す。比は組ごとの比の中央値。"""
    pair = job.prepare(size, folder)
    clock = time.perf_counter if job.wall else cpu_seconds
    ours_count = _repeats(pair.ours, clock, pair.reset)
    other_count = _repeats(pair.other, clock, pair.reset)
    ours, other = [], []
    for _ in range(job.rounds):
        ours.append(_once(pair.ours, ours_count, clock, pair.reset))
        other.append(_once(pair.other, other_count, clock, pair.reset))
    ratio = statistics.median(a / b for a, b in zip(ours, other, strict=True))
    if pair.reset is not None:
        pair.reset()
    memory = _grown_megabytes(pair.ours) if job.memory else None
    return Figures(size, statistics.median(ours), statistics.median(other), ratio, memory)


def in_new_process(folder: Path, *arguments: str) -> None:
    """新しい Python で行う。翻訳済みの .pyc は folder に置き、二度目からは配られた形と同じに読む。"""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(folder / "pyc"), "QT_QPA_PLATFORM": "offscreen"}
    quiet = subprocess.DEVNULL
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, cwd=HOUSE, env=environment, stdout=quiet, stderr=quiet)


def exponent(figures: Sequence[Figures]) -> float:
    """大きさが k 倍のとき時間が k の何乗になるか（1 がまっすぐ）。"""
    small, large = figures
    return math.log(large.ours / small.ours) / math.log(large.size / small.size)


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.2f} ms"


def line(job: Job, figures: Sequence[Figures]) -> str:
    """仕事一つの一行：仕事、自分、別のやり方、比、目標、記憶、伸び方。"""
    last = figures[-1]
    memory = "—" if last.memory is None else f"{last.memory:.0f} MiB"
    verdict = "○" if last.ratio <= job.goal else "×"
    return (
        f"{verdict} {job.name}（{last.size:,}） | {_seconds(last.ours)} | {job.other} {_seconds(last.other)}"
        f" | 比 {last.ratio:.3f}（目標 {job.goal:g} 以下） | {memory} | 指数 {exponent(figures):.2f}"
    )
