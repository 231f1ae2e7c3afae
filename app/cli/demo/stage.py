"""見本の舞台：日付を進める時計、事務局の人たち、書き出すファイル。"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from app.domain.access import ROLE_NAMES, Role
from app.domain.errors import RuleViolation
from app.services import accounts, maintenance
from app.services.office import Actor, Office

PASSPHRASE = "見本の合言葉 見本町一丁目"  # noqa: S105  見本のデータベースだけのもの
PASSWORD = "mihon-password-1"  # noqa: S105  見本の口座だけのもの
PEOPLE = (
    ("kanri", "見本 管理", Role.ADMINISTRATOR),
    ("tanto", "見本 担当", Role.CLERK),
    ("sekinin", "見本 責任", Role.MANAGER),
    ("fuku", "見本 副責任", Role.MANAGER),
    ("kansa", "見本 監査", Role.AUDITOR),
)


@dataclass
class Clock:
    """見本の中の今。to で日を進め、時刻は操作のたびに一秒進む。"""

    day: date
    seconds: int = 0

    def to(self, day: date) -> None:
        """その日の朝にする。"""
        self.day, self.seconds = day, 0

    def today(self) -> date:
        """見本の今日。"""
        return self.day

    def now(self) -> datetime:
        """見本の今（協定世界時）。"""
        self.seconds += 1
        return datetime.combine(self.day, time(0, 30), UTC) + timedelta(seconds=self.seconds)


@dataclass
class Stage:
    """見本の一回。files は書いたファイルの名、counts は関門ごとの人数（出す順）。"""

    folder: Path
    office: Office
    clock: Clock
    staff: dict[str, Actor]
    counts: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def path(self, name: str) -> Path:
        """これから書くファイルの場所。書いたものとして覚える。"""
        self.files.append(name)
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    @contextmanager
    def acting(self, login: str) -> Iterator[Office]:
        """その人として操作する。"""
        before = self.office.actor
        self.office.actor = self.staff[login]
        try:
            yield self.office
        finally:
            self.office.actor = before

    @property
    def second(self) -> Actor:
        """二人目の確認をする人。"""
        return self.staff["fuku"]


def set_stage(folder: Path, day: date, seed: int = 1) -> Stage:
    """フォルダーに新しい暗号化データベースと口座を作る。既にあれば重ねない。

    認定証に署名する鍵とパスワードの塩も seed から作る（同じ種からは同じ認定証・同じ監査記録の先頭ができる。
    見本のほかでは無作為）。
    """
    database = folder / "nintei.db"
    if database.exists():
        raise RuleViolation(
            f"{database} は既にあります。消さずに残してあります。--out で別のフォルダーを選んでください。"
        )
    folder.mkdir(parents=True, exist_ok=True)
    clock = Clock(day)
    office, recovery_key = maintenance.create(database, PASSPHRASE, today=clock.today, now=clock.now)
    office.now = clock.now
    office.entropy = Random(seed).randbytes  # noqa: S311  見本の鍵は秘密ではない
    accounts.first_administrator(office, PEOPLE[0][0], PEOPLE[0][1], PASSWORD)
    staff = {PEOPLE[0][0]: accounts.sign_in(office, PEOPLE[0][0], PASSWORD)}
    for login, name, role in PEOPLE[1:]:
        accounts.add_account(office, login, name, role, PASSWORD)
        staff[login] = accounts.identify(office, login, PASSWORD)
    stage = Stage(folder, office, clock, staff)
    stage.path("passphrase.txt").write_text(PASSPHRASE + "\n", encoding="utf-8")
    stage.path("password.txt").write_text(PASSWORD + "\n", encoding="utf-8")
    lines = [f"{login}\t{name}\t{ROLE_NAMES[role]}\t{PASSWORD}" for login, name, role in PEOPLE]
    lines.append(f"復旧鍵\t{recovery_key}")
    stage.path("accounts.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    stage.files.insert(0, "nintei.db")
    return stage
