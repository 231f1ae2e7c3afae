"""議事録と議事要旨：凍った記録と、名のある欄の文から作る。"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.documents.minutes import AgendaLine, MinutesPaper, render_minutes
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.names import search_key
from app.services.cohorts import cohort_title
from app.services.committee.presence import open_meeting, present_words
from app.services.committee.reconciliation import reconciliation
from app.services.committee.veil import MeetingVeil
from app.services.files import write_whole
from app.services.office import Office
from app.services.views.agenda import CASES_TITLE, HIDDEN_TITLE, ITEM_RESULT_WORDS
from app.services.views.committee import DECISION_WORDS, GROUND_TEXTS, TEXT_BLOCKS
from app.services.views.conflicts import ANSWER_WORDS, RECUSAL_WORDS
from database import audit
from database.schema.committee import Meeting
from database.schema.intake import Cohort

HIDDEN_CASE = "（回避した案件）"


def _declared(declaration: Mapping[str, Any]) -> str:
    """申告の答えと言葉。"""
    return "：".join(p for p in (ANSWER_WORDS[declaration["answer"]], declaration["words"]) if p)


def set_text_blocks(office: Office, meeting_id: int, blocks: Mapping[str, str]) -> None:
    """議事録に載せる、名のある欄の文を書き替える。知らない欄と閉じた会議では RuleViolation。"""
    with office.act("committee.set_text_blocks") as act:
        meeting = open_meeting(act.session, meeting_id)
        if unknown := [key for key in blocks if key not in TEXT_BLOCKS]:
            raise RuleViolation(f"議事録に「{unknown[0]}」という欄はありません。")
        meeting.text_blocks = {key: text.strip() for key, text in blocks.items() if text.strip()} or None
        act.say(f"meeting:{meeting_id}", "議事録の文を書いた", detail={"blocks": sorted(blocks)})


def _frozen(session: Session, meeting_id: int) -> tuple[Meeting, dict[str, Any]]:
    meeting = session.get_one(Meeting, meeting_id)
    if meeting.frozen is None:
        raise RuleViolation("会議が閉じられていません。閉じてから議事録を作ってください。")
    return meeting, meeting.frozen


def _presence_words(frozen: Mapping[str, Any], member_id: int) -> str:
    spans = [present_words(p["from"], p["to"]) for p in frozen["presences"] if p["member_id"] == member_id]
    return "、".join(spans) if spans else "欠席"


def _case_row(c: Mapping[str, Any]) -> tuple[str, ...]:
    votes = f"可{c['votes'][0]} 否{c['votes'][1]} 棄権{c['votes'][2]}"
    marks = "・".join(GROUND_TEXTS[g][0] for g, f in sorted(c["grounds"].items()) if f == "applies")
    return (
        f"{c['position']:03d}",
        f"{c['reception_number']:04d}",
        c["name"],
        DECISION_WORDS[c["decision"]],
        votes,
        f"{c['present']}／{c['base']}",
        marks or "該当なし",
        recused_words(c),
        "。".join(part for part in (_chair_words(c), c["reason"]) if part),
    )


def recused_words(frozen: Mapping[str, Any]) -> str:
    """除かれた委員と、回避・除斥・忌避の別。"""
    if "recusals" not in frozen:
        return "、".join(frozen.get("recused", ()))
    return "、".join(f"{r['member']}（{RECUSAL_WORDS[r['kind']]}）" for r in frozen["recusals"])


def _visible_row(case: Mapping[str, Any], veil: MeetingVeil) -> tuple[str, ...]:
    """案件の行。本人が回避したものは、番号だけを残す。"""
    if case["case_id"] not in veil.cases:
        return _case_row(case)
    return (f"{case['position']:03d}", "", HIDDEN_CASE, *[""] * 6)


def _chair_words(c: Mapping[str, Any]) -> str:
    choice = {"for": "可", "against": "否"}.get(c.get("casting_vote") or "")
    return f"可否同数につき議長の決する票（{choice}）による" if choice else ""


def _decision_words(cases: Iterable[Mapping[str, Any]]) -> str:
    decisions = [c["decision"] for c in cases]
    counts = ((word, decisions.count(key)) for key, word in DECISION_WORDS.items())
    return "　".join(f"{word} {n}件" for word, n in counts if n)


def _agenda(frozen: Mapping[str, Any], hidden: Collection[int] = ()) -> tuple[AgendaLine, ...]:
    items = frozen.get("agenda") or [{"number": 1, "kind": "cases", "title": CASES_TITLE}]
    lines = []
    for item in items:
        title = f"議案第{item['number']}号　{item['title']}"
        if item.get("item_id") in hidden:
            lines.append(AgendaLine(f"議案第{item['number']}号　{HIDDEN_TITLE}"))
            continue
        if item["kind"] == "cases":
            lines.append(AgendaLine(title, _decision_words(frozen["cases"])))
            continue
        votes = item["votes"] or [0, 0, 0]
        counts = f"可{votes[0]} 否{votes[1]} 棄権{votes[2]}　出席 {item['present']}／母数 {item['base']}"
        chair = "　可否同数につき議長の決する票による" if item["casting_vote"] else ""
        away = recused_words(item)
        note = "\n".join(part for part in (f"利害関係　{away}" if away else "", item["words"]) if part)
        lines.append(AgendaLine(title, ITEM_RESULT_WORDS.get(item["result"], ""), counts + chair, note))
    return tuple(lines)


def _facts(meeting: Meeting, kind: str) -> tuple[tuple[str, str], ...]:
    when = f"{wareki(meeting.held_on)} {meeting.starts_at}から"
    if kind == "written":
        when = f"{wareki(meeting.held_on)}（書面による回答の締切日）"
    place = {"written": "書面（持ち回り）による審議", "online": "オンライン"}.get(kind, "")
    return (
        ("日時", when),
        ("場所", "　".join(p for p in (place, meeting.place) if p) or "（記載なし）"),
        ("認証予定日", wareki(meeting.certification_on)),
        ("確定", f"{meeting.closed_by}・{meeting.second_person}（二人で確認）"),
    )


def _texts(frozen: Mapping[str, Any], keys: Iterable[str]) -> tuple[tuple[str, str], ...]:
    texts = frozen.get("texts") or {}
    return tuple((TEXT_BLOCKS[key], texts[key]) for key in keys if texts.get(key))


def _head_words(session: Session) -> str:
    sequence, head = audit.head(session)
    return f"監査記録 第{sequence}号 {head}"


def minutes_paper(office: Office, meeting_id: int) -> MinutesPaper:
    """凍った記録から議事録の中身を作る。"""
    with office.read("committee.minutes_paper") as session:
        meeting, frozen = _frozen(session, meeting_id)
        cohort = session.get_one(Cohort, meeting.cohort_id)
        found = reconciliation(session, office, meeting)
        actor = office.require("committee.minutes_paper")
        veil = MeetingVeil(session, meeting_id, actor).frozen(frozen)
        return MinutesPaper(
            title=f"{cohort_title(cohort)} 第{meeting.number}回 認定審査委員会 議事録",
            facts=_facts(meeting, frozen.get("kind", meeting.kind)),
            members=tuple(
                (m["name"], "議長" if m["role"] == "chair" else "委員", _presence_words(frozen, m["id"]))
                for m in frozen["members"]
            ),
            agenda=_agenda(frozen, veil.items),
            cases=tuple(_visible_row(c, veil) for c in frozen["cases"]),
            remarks=veil.text(meeting.remarks),
            audit_head=_head_words(session),
            digest=meeting.frozen_digest,
            declarations=tuple(
                (d["member"], veil.text(_declared(d))) for d in frozen.get("declarations", ())
            ),
            texts=tuple((title, veil.text(text)) for title, text in _texts(frozen, TEXT_BLOCKS)),
            counts=tuple((r.title, str(r.count), r.words) for r in found.rows),
        )


def _check_nameless(frozen: Mapping[str, Any], texts: Iterable[tuple[str, str]]) -> None:
    """公開する文に、審査を受けた人の氏名がないこと。字体や空白の違いを越えて比べる。"""
    named = search_key("".join(text for _, text in texts))
    for case in frozen["cases"]:
        if (key := search_key(case["name"])) and key in named:
            raise RuleViolation(
                f"議事要旨に載る文に、案件{case['position']:03d}の人の氏名が含まれています。"
                "議事要旨は氏名を載せない紙です。この会議の文は凍っているため、議事録を使ってください。"
            )


def summary_paper(office: Office, meeting_id: int) -> MinutesPaper:
    """議事要旨の中身：氏名を一つも載せず、議題と議決の数だけを言う。"""
    with office.read("committee.summary_paper") as session:
        meeting, frozen = _frozen(session, meeting_id)
        cohort = session.get_one(Cohort, meeting.cohort_id)
        texts = _texts(frozen, ("summary",))
        _check_nameless(frozen, texts)
        here = {p["member_id"] for p in frozen["presences"]}
        facts = _facts(meeting, frozen.get("kind", meeting.kind))[:3]
        return MinutesPaper(
            title=f"{cohort_title(cohort)} 第{meeting.number}回 認定審査委員会 議事要旨",
            facts=(*facts, ("出席", f"委員{len(frozen['members'])}名のうち{len(here)}名")),
            members=(),
            agenda=_agenda(frozen),
            cases=(),
            remarks="",
            audit_head=_head_words(session),
            digest=meeting.frozen_digest,
            texts=texts,
            decisions=tuple(
                (word, f"{n}件")
                for key, word in DECISION_WORDS.items()
                if (n := sum(c["decision"] == key for c in frozen["cases"]))
            ),
            signed=False,
        )


def write_minutes(office: Office, meeting_id: int, path: Path) -> Path:
    """議事録の PDF を書く。"""
    office.require("committee.write_minutes")
    content = render_minutes(minutes_paper(office, meeting_id))
    with office.act("committee.write_minutes") as act:
        act.say(f"meeting:{meeting_id}", "議事録を書き出し")
    write_whole(path, content)
    return path


def write_summary(office: Office, meeting_id: int, path: Path) -> Path:
    """議事要旨（氏名なし）の PDF を書く。"""
    office.require("committee.write_summary")
    content = render_minutes(summary_paper(office, meeting_id))
    with office.act("committee.write_summary") as act:
        act.say(f"meeting:{meeting_id}", "議事要旨を書き出し")
    write_whole(path, content)
    return path
