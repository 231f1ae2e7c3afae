"""認定証をまとめて刷る：一枚ごとの様子、止まった後の続き、位置合わせ、宛名ラベル。"""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from app.documents.labels import Label, postal_words, render_labels
from app.domain.access import Role
from app.domain.calibration import Placement, placement_of
from app.domain.errors import RuleViolation
from app.services import certificates
from app.services.certificates.printers import Measures, placement
from app.services.certificates.printing import states_through
from app.services.certificates.stock import StockForm
from app.services.office import Office
from app.services.views.certificate_ledger import RunView
from app.services.views.certificates import CertificateRow
from database.schema.people import Person
from database.store import Store
from tests.documents.helpers import extracted
from tests.factories import change, make_office, person
from tests.services.committee_scene import Scene, entries, person_of

DAY = date(2026, 4, 10)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=DAY)


@pytest.fixture
def scene(office: Office) -> Scene:
    found = Scene(office, [person(f"人 {n}", birth_date=date(1980, 1, n)) for n in range(1, 6)])
    found.seat(0, 1, 2)
    for case in range(5):
        found.carry(case)
    found.close()
    return found


@pytest.fixture
def rows(scene: Scene) -> tuple[CertificateRow, ...]:
    return certificates.issue(scene.office, scene.cohort, DAY)


def started(scene: Scene, rows: tuple[CertificateRow, ...]) -> RunView:
    return certificates.start_run(scene.office, scene.cohort, [r.id for r in rows], "一号機")


def states(run: RunView) -> list[tuple[int, str]]:
    return [(s.position, s.words) for s in run.sheets]


def test_after_a_fault_only_what_is_missing_is_printed_again(
    office: Office, scene: Scene, rows: tuple[CertificateRow, ...]
) -> None:
    certificates.record_stock(office, StockForm("received", DAY, 50))
    run = started(scene, rows)
    assert states(run) == [(n, "未印刷") for n in range(1, 6)]
    for position in (1, 2, 3, 4):
        assert certificates.sheet_page(office, run.id, position) == certificates.page(
            office, rows[position - 1].id
        )
        certificates.mark_sent(office, run.id, position)
    stopped = certificates.open_runs(office, scene.cohort)
    assert [states(r) for r in stopped] == [
        [(1, "未確認"), (2, "未確認"), (3, "未確認"), (4, "未確認"), (5, "未印刷")]
    ]
    # 二枚目まで正しく出て、そのうち一枚目はしわになった
    answer = states_through(stopped[0], 2) | {1: "spoiled"}
    run = certificates.settle_run(office, run.id, answer)
    assert states(run) == [
        (1, "書損じ"), (2, "印刷済"), (3, "未印刷"), (4, "未印刷"), (5, "未印刷"), (6, "未印刷"),
    ]  # fmt: skip
    assert [(s.position, s.name, s.note) for s in run.of("unprinted")] == [
        (3, "人 3", ""), (4, "人 4", ""), (5, "人 5", ""), (6, "人 1", "1枚目の刷り直し"),
    ]  # fmt: skip
    for position in (3, 4, 5, 6):
        certificates.mark_sent(office, run.id, position)
    run = certificates.settle_run(office, run.id, states_through(certificates.get_run(office, run.id), 4))
    assert (run.ended, run.counts) == (True, "印刷済 5・書損じ 1")
    assert certificates.open_runs(office, scene.cohort) == ()
    assert certificates.get_stock(office).total == 44
    assert [r.printed_at is not None for r in certificates.list_ledger(office)] == [True] * 5
    assert [e.title for e in certificates.list_events(office, scene.cohort)] == ["書損じ"]


def test_a_run_takes_no_certificate_that_another_run_still_holds_nor_a_withdrawn_one(
    office: Office, scene: Scene, rows: tuple[CertificateRow, ...]
) -> None:
    run = started(scene, rows[:2])
    before = entries(office)
    with pytest.raises(RuleViolation, match="終わっていない印刷"):
        started(scene, rows[1:3])
    with pytest.raises(RuleViolation, match="刷る認定証がありません"):
        started(scene, ())
    assert entries(office) == before
    certificates.mark_sent(office, run.id, 1)
    with pytest.raises(RuleViolation, match="出たかどうか分からない紙"):
        certificates.end_run(office, run.id)
    certificates.settle_run(office, run.id, {1: "printed"})
    assert certificates.end_run(office, run.id).ended
    certificates.reissue(office, rows[1].certification_id, "reissue", date(2026, 4, 11), "汚損")
    with pytest.raises(RuleViolation, match="取り下げた版は刷れません"):
        started(scene, rows[1:3])
    assert states(started(scene, rows[2:3])) == [(1, "未印刷")]


def test_an_answer_for_a_sheet_that_was_not_sent_changes_nothing(
    office: Office, scene: Scene, rows: tuple[CertificateRow, ...]
) -> None:
    run = started(scene, rows)
    certificates.mark_sent(office, run.id, 1)
    before = entries(office)
    for answer, words in (
        ({1: "printed", 2: "printed"}, "2枚目は、結果を待つ紙ではありません"),
        ({1: "lost"}, "どれか"),
        ({9: "printed"}, "この印刷にありません"),
    ):
        with pytest.raises(RuleViolation, match=words):
            certificates.settle_run(office, run.id, answer)
    with pytest.raises(RuleViolation, match="既に送ってあります"):
        certificates.mark_sent(office, run.id, 1)
    assert entries(office) == before
    assert states(certificates.get_run(office, run.id))[0] == (1, "未確認")


@pytest.mark.parametrize("shift", [-3.7, 0.0, 2.4])
@pytest.mark.parametrize("stretch", [0.985, 1.0, 1.012])
def test_a_calibrated_printer_puts_every_point_where_it_belongs(shift: float, stretch: float) -> None:
    # 印刷機の癖：紙の上の x は x × stretch + shift になる
    found = placement_of(20 * stretch + shift, 20.0, 160 * stretch, 160.0)
    errors = [
        abs((x * found.scale_x / 10_000 + found.offset_x / 10) * stretch + shift - x)
        for x in (0.0, 20.0, 148.5, 297.0)
    ]
    assert max(errors) < 0.12
    assert (found.offset_y, found.scale_y) == (0, 10_000)


@pytest.mark.parametrize(
    ("values", "words"),
    [((40.0, 20.0, 160.0, 160.0), "横の値"), ((20.0, 20.0, 160.0, 130.0), "縦の印の間"), ((20.0, 20.0, 0.0, 160.0), "横の値")],
)  # fmt: skip
def test_a_slip_of_the_ruler_is_refused(values: tuple[float, ...], words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        placement_of(*values)


def test_each_printer_keeps_its_own_calibration(office: Office) -> None:
    assert certificates.get_calibration(office, "一号機").tested_on is None
    made = certificates.set_calibration(office, "一号機", Measures(21.0, 19.5, 160.0, 160.0), "手差し")
    assert (placement(made), made.tray, made.tested_on, made.set_by) == (
        Placement(-10, 5, 10_000, 10_000), "手差し", DAY, "事務 花子",
    )  # fmt: skip
    assert placement(certificates.get_calibration(office, "二号機")) == Placement()
    assert placement(certificates.set_calibration(office, "一号機", None)) == Placement()


def test_the_marks_of_the_test_sheet_stand_where_the_words_say(office: Office) -> None:
    for wide, size in ((True, (842, 595)), (False, (595, 842))):
        document = pypdfium2.PdfDocument(certificates.calibration_sheet(office, wide))
        scale = 10 / 72 * 25.4  # 1 mm を 10 点で
        image = document[0].render(scale=scale, grayscale=True).to_pil()
        assert tuple(round(v) for v in document[0].get_size()) == size
        document.close()
        dark = [image.getpixel((x, 200 - 45)) < 200 for x in range(image.width)]
        assert [x for x, is_dark in enumerate(dark) if is_dark and abs(x - 200) <= 3] != []
        assert [x for x, is_dark in enumerate(dark) if is_dark and abs(x - 1800) <= 3] != []


def test_the_labels_carry_postal_code_address_and_the_very_name(
    office: Office, scene: Scene, rows: tuple[CertificateRow, ...], tmp_path: Path
) -> None:
    ids, path = [r.id for r in rows], tmp_path / "宛名.pdf"
    before = entries(office)
    with pytest.raises(RuleViolation, match="住所か郵便番号のない人がいます：人 1、人 2"):
        certificates.write_labels(office, ids, path)
    assert (entries(office), path.exists()) == (before, False)
    for n in range(5):
        change(office, Person, person_of(scene, n), postal_code="1000001", address=f"見本県見本市{n + 1}-2-3")
    assert certificates.write_labels(office, ids, path, skip=10) == 5
    document = pypdfium2.PdfDocument(path)
    pages = [document[i].get_textpage().get_text_bounded() for i in range(len(document))]
    document.close()
    assert [page.count("様") for page in pages] == [2, 3]
    assert [f"見本県見本市{n}-2-3" in "".join(pages) for n in range(1, 6)] == [True] * 5


def test_a_label_prints_hard_names_and_refuses_what_it_cannot_draw(tmp_path: Path) -> None:
    content = render_labels((Label("１００-０００１", "東京都" + "長い" * 60, "神\ufa19　一"),), 0, DAY)
    text = extracted(tmp_path / "a.pdf", content)
    assert ("〒100-0001" in text, "神\ufa19一様" in "".join(text.split())) == (True, True)
    assert postal_words(" 12-3 ") == "〒12-3"
    for labels, skip, words in (
        ((), 0, "宛名を刷る人がいません"),
        ((Label("1", "a", "b"),), 12, "0〜11"),
        ((Label("1", "a", "𓀀"),), 0, "印刷できません"),
    ):
        with pytest.raises(RuleViolation, match=words):
            render_labels(labels, skip, DAY)
