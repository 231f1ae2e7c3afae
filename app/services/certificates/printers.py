"""印刷機ごとの位置合わせ、宛名ラベル、試し刷りの紙。"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.documents.calibration_sheet import render_calibration_sheet
from app.documents.labels import Label, render_labels
from app.domain.calibration import Placement, placement_of
from app.domain.errors import RuleViolation
from app.services.files import write_whole
from app.services.office import Office
from app.services.people import printed_name
from app.services.views.certificate_ledger import Calibration
from database.schema.certificates import Certificate, Certification, PrinterCalibration
from database.schema.people import Person


@dataclass(frozen=True)
class Measures:
    """試し刷りで測った値（mm）。left・top は端から左上の十字まで、wide・tall は十字の間。"""

    left: float
    top: float
    wide: float
    tall: float


def get_calibration(office: Office, printer: str) -> Calibration:
    """印刷機の位置合わせ。まだなら、直さない値。"""
    with office.read("certificates.get_calibration") as session:
        row = session.scalar(select(PrinterCalibration).where(PrinterCalibration.printer == printer))
        if row is None:
            return Calibration(printer)
        return Calibration(
            printer, row.offset_x, row.offset_y, row.scale_x, row.scale_y, row.tray, row.tested_on, row.set_by
        )


def placement(found: Calibration) -> Placement:
    """位置合わせの値を、刷る位置の直しにする。"""
    return Placement(found.offset_x, found.offset_y, found.scale_x, found.scale_y)


def set_calibration(office: Office, printer: str, measures: Measures | None, tray: str = "") -> Calibration:
    """測った値から位置合わせを定める。measures がなければ直さない値に戻す。測り違いとみえる値は RuleViolation。"""
    office.require("certificates.set_calibration")
    if not printer.strip():
        raise RuleViolation("印刷機を選んでください。")
    made = (
        Placement()
        if measures is None
        else placement_of(measures.left, measures.top, measures.wide, measures.tall)
    )
    with office.act("certificates.set_calibration") as act:
        row = act.session.scalar(select(PrinterCalibration).where(PrinterCalibration.printer == printer))
        if row is None:
            row = PrinterCalibration(printer=printer, tested_on=office.today(), set_by=act.actor.name)
            act.session.add(row)
        row.offset_x, row.offset_y, row.scale_x, row.scale_y = (
            made.offset_x, made.offset_y, made.scale_x, made.scale_y,
        )  # fmt: skip
        row.tray, row.tested_on, row.set_by = tray, office.today(), act.actor.name
        act.say(
            f"printer:{printer}",
            "印刷機の位置合わせを変更",
            detail={"offset": [made.offset_x, made.offset_y], "scale": [made.scale_x, made.scale_y]},
        )
    return get_calibration(office, printer)


def calibration_sheet(office: Office, wide: bool = True) -> bytes:
    """位置合わせの試し刷りの紙（A4、wide なら横）。"""
    office.require("certificates.calibration_sheet")
    return render_calibration_sheet(wide)


def write_labels(office: Office, certificates: Sequence[int], path: Path, skip: int = 0) -> int:
    """認定証を送る宛名ラベル（A4 12 面）を書き、枚数を返す。skip は、使い終えた面の数。

    住所か郵便番号のない人がいれば、その人を名指しして RuleViolation。
    """
    office.require("certificates.write_labels")
    with office.act("certificates.write_labels") as act:
        labels, lacking = [], []
        for certificate_id in certificates:
            certificate = act.session.get_one(Certificate, certificate_id)
            certification = act.session.get_one(Certification, certificate.certification_id)
            person = act.session.get_one(Person, certification.person_id)
            if not person.address.strip() or not person.postal_code.strip():
                lacking.append(person.name)
            labels.append(
                Label(person.postal_code, person.address, printed_name(person), certification.number)
            )
        if lacking:
            raise RuleViolation(
                f"住所か郵便番号のない人がいます：{'、'.join(lacking)}。受付の部屋の「記録を直す…」で入れてください。"
            )
        content = render_labels(tuple(labels), skip, office.today())
        act.say(
            "certificates", f"宛名ラベルを{len(labels)}枚作成", detail={"certificates": list(certificates)}
        )
    write_whole(path, content)
    return len(labels)
