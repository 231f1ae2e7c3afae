"""Ctrl+K で行ける画面と、行える操作。言葉で探し、選ぶと部屋へ行ってその操作を押す。"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from app.domain.errors import RuleViolation
from app.services.views.search import SearchHit
from ui.frame import RoomEntry
from ui.theme.tokens import Tone
from ui.widgets.banner import banner_of

_MOST_PLACES = 5  # 記録の結果を押し出さないように
SCREEN, COMMAND = "画面", "操作"
LOCK, SWITCH, HELP, REFRESH = "lock", "switch", "help", "refresh"


@runtime_checkable
class HasSections(Protocol):
    """区画を開ける部屋。"""

    def open_section(self, key: str) -> None:
        """区画を開く。"""


@dataclass(frozen=True)
class Command:
    """一つの操作（press が空なら、ただ開く）。press は部屋の中のボタンかメニューの言葉の頭、words は探す言葉。

    room が空なら枠の操作で、press は枠の中の名。section は部屋の中の区画。
    """

    title: str
    room: str
    press: str = ""
    words: str = ""
    section: str = ""
    keys: str = ""


@dataclass(frozen=True)
class CommandHit(SearchHit):
    """探し当てた画面か操作。"""

    command: Command


FRAME_COMMANDS = (
    Command("画面を隠す", "", LOCK, "ロック", keys="Ctrl+L"),
    Command("利用者を替える", "", SWITCH, "サインアウト 交代"),
    Command("この画面の手引き", "", HELP, "ヘルプ 使い方 マニュアル", keys="F1"),
    Command("読み直す", "", REFRESH, "更新 再表示", keys="F5"),
)
ROOM_COMMANDS = (
    Command("申込を手で入れる", "intake", "申込を手で入れる", "受付 入力 新しい申込"),
    Command("申込様式を取り込む", "intake", "申込様式を取り込む", "受付 取込 インポート Excel エクセル"),
    Command("申込様式を書き出す", "intake", "申込様式を書き出す", "受付 様式 Excel エクセル"),
    Command("研修期を作る", "intake", "研修期を作る", "期 年度 新しい研修"),
    Command("取込を取り消す", "intake", "取込を取り消す", "受付 元に戻す"),
    Command("書類をまとめて受領", "intake", "書類をまとめて受領", "受付 一括"),
    Command("補正の一覧", "intake", "補正の一覧", "受付 督促 期限"),
    Command("判定のとおり一括決定", "eligibility", "判定のとおり一括決定", "受講資格 まとめて"),
    Command("受講者を選考する", "eligibility", "選考", "受講資格 定員 抽選"),
    Command("受講資格の通知をまとめて作る", "eligibility", "全員の通知を作成", "受講資格 手紙 通知書"),
    Command("成績の様式を書き出す", "progress", "成績の様式を書き出す", "研修の進捗 Excel エクセル"),
    Command("成績を取り込む", "progress", "成績を取り込む", "研修の進捗 インポート"),
    Command("研修の日程", "progress", "日程", "研修の進捗 予定"),
    Command("テストを作る", "scoring", "テストを作る", "採点 試験"),
    Command("答案の様式を書き出す", "scoring", "答案の様式を書き出す", "採点 試験 Excel エクセル"),
    Command("答案を取り込む", "scoring", "答案を取り込む", "採点 試験 インポート"),
    Command("答案を打つ", "scoring", "答案を打つ", "採点 入力 照合 キーボード", "answers"),
    Command("記述を採点する", "scoring", "記述を採点", "採点 記述 二人 読む", "answers"),
    Command("答案の写しを付ける", "scoring", "写しを付ける", "採点 スキャン PDF 画像", "answers"),
    Command("問題庫を開く", "scoring", "問題庫", "採点 設問 審査 承認"),
    Command("設問の扱いを試す", "scoring", "設問の扱いを試す", "採点 不適切な設問 正答の誤り", "items"),
    Command("合格の決定の履歴", "scoring", "", "採点 合格基準 採用", "decisions"),
    Command("合格者を加える", "scoring", "合格者を加える", "採点 追加 決定", "decisions"),
    Command("結果通知書を作る", "scoring", "全員分を作る", "採点 手紙 訂正 PDF", "letters"),
    Command("審査会議を作る", "committee", "会議を作る", "委員会 議案"),
    Command("委員の一覧", "committee", "委員…", "審査会議 任期"),
    Command("会議の出席", "committee", "出席", "審査会議 定足数"),
    Command("利害関係を尋ねる", "committee", "申告", "審査会議 回避 除斥 忌避"),
    Command("利害関係の一覧", "committee", "利害関係…", "審査会議 回避 除斥 忌避 候補"),
    Command("認証予定日を動かす", "committee", "認証予定日を動かす", "審査会議 欠格事由"),
    Command("議事録を作る", "committee", "議事録", "審査会議"),
    Command("会議を投影する", "committee", "投影", "審査会議 画面", keys="F11"),
    Command("認定証を確かめる", "certificates", "認定証を確かめる", "真正 照合 QR"),
    Command("認定証の用紙の帳簿", "certificates", "用紙の帳簿", "在庫 残り 書損じ"),
    Command("認定証の宛名ラベル", "certificates", "宛名ラベル", "封筒 発送"),
    Command("庁の認定番号を取り込む", "certificates", "庁の番号を取り込む", "番号 ブック"),
    Command("認定証の紙の設計を下見", "certificates", "紙の設計を下見", "公印 署名 見本"),
    Command("印刷機の位置合わせ", "certificates", "印刷機の位置合わせ", "試し刷り ずれ"),
    Command("認定証の検証の頁", "certificates", "検証の頁", "公開鍵 HTML"),
    Command("認定証を一冊の PDF に書く", "certificates", "一冊の PDF に書く", "印刷 まとめて"),
    Command("更新研修の様式を書き出す", "renewal", "更新研修の様式を書き出す", "更新・取消 Excel エクセル"),
    Command("更新研修を取り込む", "renewal", "更新研修を取り込む", "更新・取消 インポート"),
    Command("名簿を書き出す", "register", "名簿を書き出す", "認定者名簿 Excel エクセル"),
    Command("公表用の名簿を書き出す", "register", "公表用の名簿", "認定者名簿 公開 公表用の一覧"),
    Command("選ぶための一覧を刷る", "register", "選ぶための一覧", "認定者名簿 コーディネーター PDF 印刷"),
    Command("所属機関リストを刷る", "register", "所属機関リスト", "認定者名簿 公開 PDF 印刷"),
    Command("名簿の条件を保存", "register", "いまの条件を保存", "認定者名簿 絞り込み"),
    Command("提出の便を作る", "submission", "便を作る", "帳票・提出 報告"),
    Command("事務局と書類の設定", "settings", "", "認証する者 認定番号の書式 自動ロック", "office"),
    Command("利用者の一覧", "settings", "", "設定 口座 アカウント 役割", "people"),
    Command("自分のパスワードを変える", "settings", "自分のパスワードを変える", "設定", "people"),
    Command("今すぐバックアップ", "settings", "今すぐバックアップ", "設定 控え 保守", "upkeep"),
    Command("監査記録を検証する", "settings", "検証する", "設定 鎖 保守", "upkeep"),
    Command("監査記録を読む", "settings", "", "設定 履歴 ログ", "log"),
    Command("要綱の版と読み", "settings", "", "設定 実施要綱 解釈", "readings"),
    Command("文字の大きさと暗い色", "settings", "", "設定 表示 拡大 ダーク", "display"),
)


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def find_places(text: str, rooms: Sequence[RoomEntry]) -> tuple[CommandHit, ...]:
    """言葉に当たる画面と操作（開ける部屋のものだけ）。題に当たるものを先に置く。"""
    wanted = _key(text)
    if not wanted:
        return ()
    titles = {room.key: room.title for room in rooms}
    screens = [
        Command(room.title, room.key, keys=f"Alt+{place}" if place <= 9 else "")
        for place, room in enumerate(rooms, 1)
    ]
    others = [c for c in (*FRAME_COMMANDS, *ROOM_COMMANDS) if not c.room or c.room in titles]
    in_title = [c for c in (*screens, *others) if wanted in _key(c.title)]
    in_words = [c for c in others if c not in in_title and wanted in _key(c.words)]
    return tuple(_hit(c, titles) for c in (*in_title, *in_words))


def find_all(
    rooms: Sequence[RoomEntry], records: Callable[[str], Sequence[SearchHit]], text: str
) -> Sequence[SearchHit]:
    """画面と操作を先に、その後に記録。記録を探せないときも、画面と操作は見つかる。"""
    places = find_places(text, rooms)
    try:
        found = records(text)
    except RuleViolation:
        if not places:
            raise
        found = ()
    return (*places[:_MOST_PLACES], *found)


def _hit(command: Command, titles: dict[str, str]) -> CommandHit:
    is_screen = bool(command.room) and not command.press
    room = titles.get(command.room, "")
    aside = [part for part in (room if room != command.title else "", command.keys) if part]
    return CommandHit(
        SCREEN if is_screen else COMMAND, command.title, "　".join(aside), command.room, 0, command
    )


def run_in(page: QWidget, command: Command) -> None:
    """開いた部屋で操作を行う。いま押せなければ、帯で言う。"""
    if command.section and isinstance(page, HasSections):
        page.open_section(command.section)
    if command.press and not _press(page, command.press) and (banner := banner_of(page)) is not None:
        banner.show_message(
            f"「{command.title}」は、いまは行えません。この画面で行えることは、手引き（F1）にあります。",
            Tone.WARN,
        )


def _press(page: QWidget, words: str) -> bool:
    for made in _starting(page.findChildren(QAbstractButton), words):
        if made.isVisibleTo(page) and made.isEnabled():
            made.click()
            return True
    for menu in page.findChildren(QMenu):
        for action in menu.actions():
            if action.text().startswith(words) and action.isEnabled():
                action.trigger()
                return True
    return False


def _starting(buttons: Iterable[QAbstractButton], words: str) -> list[QAbstractButton]:
    return [made for made in buttons if made.text().startswith(words)]
