"""持ち出しの中身を、審査会議の部屋と同じ画面の値にする。"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.calendar import wareki
from app.services.committee.packet_format import CaseEntry, Entries
from app.services.views.committee import (
    GROUND_TEXTS,
    CaseRow,
    CaseView,
    GroundView,
    MeetingView,
    MemberView,
    PresenceView,
    RecusalView,
)
from app.services.views.packets import EVIDENCE_WORDS, FINDING_WORDS


def meeting_view(body: Mapping[str, Any], entries: Entries) -> MeetingView:
    """会議。"""
    m = body["meeting"]
    held_on = date.fromisoformat(m["held_on"])
    return MeetingView(
        int(m["id"]),
        0,
        int(m["number"]),
        held_on,
        str(m["starts_at"]),
        str(m["place"]),
        str(m["kind"]),
        date.fromisoformat(m["certification_on"]),
        str(m["majority"]),
        "",
        False,
        tuple(MemberView(i, name, role, "", "", held_on, None, None) for i, name, role in body["members"]),
        tuple(sorted(entries.sat)),
        tuple(
            CaseRow(int(c["id"]), int(c["position"]), 0, c["name"], c["reading"], "", 0)
            for c in body["cases"]
        ),
        tuple(PresenceView(member, at, None) for member, at in sorted(entries.sat.items())),
    )


def _ground(row: list[str], entry: CaseEntry, recipient: str) -> GroundView:
    ground, computed, sentence, finding, reason, who = row
    if ground in entry.grounds:
        (finding, reason), who = entry.grounds[ground], recipient
    mark, text = GROUND_TEXTS[ground]
    return GroundView(ground, mark, text, computed, sentence, finding, reason, who, False)


def case_view(
    body: Mapping[str, Any], case: Mapping[str, Any], entry: CaseEntry, sat: Mapping[int, str]
) -> CaseView:
    """審査の紙一枚。回避は、票を入れられない人を除くためにだけ使う。"""
    course1, practice, course2, test = (str(words) for words in case["course"])
    away = set(case["recused"])
    here = [m for m in sat if m not in away]
    base = len(body["members"]) - len(away)
    known = {int(m): str(c) for m, c in case["votes"].items()}
    return CaseView(
        int(case["id"]),
        int(body["meeting"]["id"]),
        int(case["position"]),
        0,
        int(case["reception"]),
        case["name"],
        case["reading"],
        case["affiliation"],
        course1,
        practice,
        course2,
        test,
        tuple(_ground(row, entry, str(body["recipient"])) for row in case["grounds"]),
        tuple(
            RecusalView(0, i, name, "withdrawn", "", True, "") for i, name, _ in body["members"] if i in away
        ),
        {m: c for m, c in {**known, **entry.votes}.items() if m in here},
        base,
        len(here),
        len(here) * 2 > base,
        "",
        "",
        "",
        entry.remark,
        False,
    )


def evidence_lines(case: Mapping[str, Any]) -> tuple[str, ...]:
    """証拠の目録を一行ずつ。"""
    lines = []
    for ground, kind, addressee, dated_on, answered_on, points_to in case["evidence"]:
        words = f"{GROUND_TEXTS[ground][0]}　{wareki(date.fromisoformat(dated_on))}　{EVIDENCE_WORDS[kind]}"
        if addressee:
            words += f"（{addressee}）"
        if answered_on:
            words += f"　{wareki(date.fromisoformat(answered_on))}に回答"
        elif kind == "inquiry":
            words += "　回答待ち"
        lines.append(words + (f"　「{FINDING_WORDS[points_to]}」を示す" if points_to else ""))
    return tuple(lines)
