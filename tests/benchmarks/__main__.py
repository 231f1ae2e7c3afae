"""物差しの表を出す。名を挙げればその仕事だけ、--full で約束の大きさ（時間が掛かる）。"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.benchmarks import (
    committee,
    intake,
    paper_rivals,
    papers,
    progress,
    register,
    rules,
    scoring,
    screens,
    storage,
    workbooks,
)
from tests.benchmarks.harness import Job, line, measure

JOBS: tuple[Job, ...] = (
    *papers.JOBS,
    *paper_rivals.JOBS,
    *workbooks.JOBS,
    *storage.JOBS,
    *rules.JOBS,
    *progress.JOBS,
    *scoring.JOBS,
    *committee.JOBS,
    *intake.JOBS,
    *register.JOBS,
    *screens.JOBS,
)


def main(arguments: list[str]) -> int:
    """すべての仕事を計る。目標に届かないものがあれば 1。"""
    full = "--full" in arguments
    words = [word for word in arguments if not word.startswith("-")]
    chosen = [job for job in JOBS if not words or any(word in job.name for word in words)]
    if not chosen:
        print("その名の仕事はありません：", "、".join(job.name for job in JOBS))
        return 2
    print("仕事（大きさ） | 自分 | 別のやり方 | 比 | 増えた記憶 | 伸び方", flush=True)
    missed = 0
    for job in chosen:
        if full and job.full:
            job = replace(job, sizes=(job.sizes[1], job.full))
        figures = []
        for size in job.sizes:
            with tempfile.TemporaryDirectory() as folder:
                figures.append(measure(job, size, Path(folder)))
        print(line(job, figures), flush=True)
        missed += figures[-1].ratio > job.goal
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
