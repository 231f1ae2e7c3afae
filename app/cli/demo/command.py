"""demo の命令：見本を作り、関門ごとの人数と、書いたファイルの場所を言う。"""

from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path

from app.cli.demo.closing import hold_meeting, issue_certificates, renew, revoke, submit
from app.cli.demo.course import Course
from app.cli.demo.stage import Stage, set_stage
from app.cli.session import Options, report
from app.domain.errors import RuleViolation

DONE = 0
_OPENED_ON = date(2025, 4, 1)


def play(folder: Path, people: int, seed: int) -> Stage:
    """見本の研修期を最初から最後まで通す。終わったときデータベースは閉じている。"""
    if people < 1:
        raise RuleViolation("--people は1以上にしてください。")
    stage = set_stage(folder, _OPENED_ON, seed)
    course = Course(stage, people, seed)
    with closing(stage.office):
        with stage.acting("tanto"):
            course.receive()
            course.judge()
            course.study()
            course.score()
        with stage.acting("sekinin"):
            hold_meeting(course)
            issue_certificates(course)
        with stage.acting("tanto"):
            renew(course)
        with stage.acting("sekinin"):
            revoke(course)
        with stage.acting("tanto"):
            submit(course)
    return stage


def _free_folder() -> Path:
    """まだ使われていない demo・demo-2・demo-3 …。前の見本には重ねない。"""
    names = (Path("demo" if n == 1 else f"demo-{n}") for n in count(1))
    return next(folder for folder in names if not folder.exists())


def run(options: Options) -> int:
    """demo を行う。"""
    options.out = options.out or _free_folder()
    stage = play(options.out, options.people, options.seed)
    words = ["見本の研修期を通しました（人はすべて架空です）。", ""]
    words += [f"  {name}　{number}" for name, number in stage.counts.items()]
    words += ["", f"書いたもの（{options.out}）："]
    words += [f"  {name}" for name in stage.files]
    words += ["", "開くには：口座と合言葉は accounts.txt と passphrase.txt にあります。"]
    data = {"counts": stage.counts, "files": stage.files, "out": str(options.out)}
    report(options, "\n".join(words), data)
    return DONE
