import hashlib
from dataclasses import replace
from pathlib import Path

import pypdf

from app.documents.minutes import AgendaLine, MinutesPaper, render_minutes
from tests.documents.helpers import NAMES, extracted, run

DIGEST = hashlib.sha256(b"minutes").hexdigest()


def paper(people: int) -> MinutesPaper:
    names = [NAMES[i % len(NAMES)] for i in range(people)]
    return MinutesPaper(
        title="令和7年度 第2期 第1回 認定審査委員会 議事録",
        facts=(("日時", "令和8年3月20日 13:30から"), ("場所", "第3会議室")),
        members=(("大野 恭一", "議長", "13:30〜15:10"), ("PARK EUNJI", "委員", "欠席")),
        agenda=(AgendaLine("議案第1号 修了認定（欠格事由の確認を含む）"),),
        cases=tuple(
            (
                f"{i:03d}",
                f"{i:04d}",
                name,
                "認定" if i % 5 else "不認定",
                "可4 否0 棄権1",
                "5／7",
                "該当なし",
                "" if i % 4 else "大野 恭一",
                "" if i % 5 else "修了認定テストに合格していないため。" * 4,
            )
            for i, name in enumerate(names, 1)
        ),
        remarks="委員から質問があった。\n次回は追って知らせる。",
        audit_head="監査記録 第1234号 " + "ab" * 32,
        digest=DIGEST,
    )


def joined(text: str) -> str:
    return "".join(text.split())


def test_the_minutes_carry_every_case_member_and_remark(tmp_path: Path) -> None:
    made = paper(60)
    text = joined(extracted(tmp_path / "a.pdf", render_minutes(made), "-layout"))
    parts = [
        made.title,
        *(x for row in (*made.facts, *made.members) for x in row),
        *(x.title for x in made.agenda),
    ]
    parts += [case[0] + case[1] + case[2] + case[3] for case in made.cases]
    parts += ["委員から質問があった。次回は追って知らせる。", made.audit_head, "計60件（認定48件不認定12件）"]
    assert [p for p in parts if joined(p) not in text] == []
    assert text.count("理由修了認定テストに合格していないため。") == 12
    assert text.count("利害関係大野恭一") == 15


def test_every_page_carries_the_digest_its_number_and_the_head_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(render_minutes(paper(60)))
    pages = [joined(page.extract_text()) for page in pypdf.PdfReader(path).pages]
    assert len(pages) >= 3
    for number, page in enumerate(pages, 1):
        assert f"{number}／{len(pages)}" in page
        assert DIGEST in page
    assert [("議案受付氏名" in page) for page in pages[1:-1]] == [True] * (len(pages) - 2)


def test_minutes_are_sound_and_the_same_bytes_again(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(render_minutes(paper(60)))
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", str(path))
    assert path.read_bytes() == render_minutes(paper(60))


def test_minutes_without_cases_or_remarks_are_still_a_page(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(render_minutes(replace(paper(0), remarks="", digest=None)))
    assert len(pypdf.PdfReader(path).pages) == 1
