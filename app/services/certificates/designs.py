"""紙の設計：選べる設計、ファイルの下見、公印と署名の絵。"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.certificate import (
    CertificateFace,
    CertificatePaper,
    render_certificates,
    render_name,
)
from app.documents.certificate_layout import bundled_layouts, parse_layout
from app.domain.errors import RuleViolation
from app.services.certificates.freezing import current_paper
from app.services.certificates.issuing import SPECIMEN_QR
from app.services.office import Office
from app.services.people import check_name
from app.services.settings import value_of
from database.schema.certificates import Certification
from database.schema.people import Person
from database.schema.settings import Setting

# 下見の氏名：長い・二つの文字・通称・旧姓併記・異体字
SAMPLES = (
    "髙﨑󠄀　健太郎",
    "NGUYỄN THỊ PHƯƠNG THẢO",
    "DA SILVA FERREIRA Maria Aparecida（田中 美咲）",
    "김민지（キム・ミンジ）",
    "渡邉　直樹（旧姓 佐藤）",
    "Шевченко Оксана（オクサナ）",
    "𠮷田　みなみ",
)
_PICTURES = {"seal": "公印", "signature": "署名"}
_LARGEST = 2 * 1024 * 1024


@dataclass(frozen=True)
class Design:
    """選べる紙の設計。chosen は、いま使っているものか。"""

    key: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class PersonNames:
    """証書に関わる、いまの氏名。"""

    person_id: int
    name: str
    reading: str
    certificate_name: str
    former_name: str
    alias: str
    birth_date: date


def names_of(office: Office, certification_id: int) -> PersonNames:
    """認証された人の、いまの氏名（書換・訂正の窓の初めの値）。"""
    with office.read("certificates.names_of") as session:
        person = session.get_one(Person, session.get_one(Certification, certification_id).person_id)
        return PersonNames(
            person.id, person.name, person.reading, person.certificate_name, person.former_name,
            person.alias, person.birth_date,
        )  # fmt: skip


def preview_name(office: Office, name: str) -> bytes:
    """打った氏名を、認定証に刷るのと同じ書体と大きさで組んだ一枚。刷れない字・使えない字は RuleViolation。"""
    office.require("certificates.preview_name")
    check_name(name)
    return render_name(name)


def list_designs(office: Office) -> tuple[Design, ...]:
    """同梱の設計（題の順）。"""
    with office.read("certificates.list_designs") as session:
        chosen = current_paper(session).layout.key
        found = (Design(k, x.title, k == chosen) for k, x in bundled_layouts().items())
        return tuple(sorted(found, key=lambda d: d.title))


def preview_design(office: Office, key: str, file: Path | None = None, name: str = SAMPLES[0]) -> bytes:
    """設計で刷った見本一枚（番号も QR も見本で、紙として使えない）。file を与えれば、その TOML のファイルの設計。

    読めない設計は、どこが誤りかを言う RuleViolation。
    """
    with office.read("certificates.preview_design") as session:
        paper = current_paper(session)
        title, issuer = str(value_of(session, "issuer_title")), str(value_of(session, "issuer_name"))
    layout = bundled_layouts().get(key, paper.layout)
    if file is not None:
        try:
            layout = parse_layout(file.stem, file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise RuleViolation(
                f"{file.name} を読めません。UTF-8 の TOML のファイルかどうかを確かめてください。"
            ) from error
    year = office.today().year
    days = (date(year, 3, 20), date(year, 3, 31), date(year, 4, 10), date(year, 3, 31), date(year + 3, 3, 31))
    face = CertificateFace(
        "見本", name, date(1988, 4, 12), *days, title, issuer or "見本　太郎", "reissue", SPECIMEN_QR
    )
    return render_certificates((face,), CertificatePaper(layout, paper.seal, paper.signature))


def _put(session: Session, name: str, value: str) -> None:
    row = session.scalar(select(Setting).where(Setting.name == name))
    if row is None:
        session.add(Setting(name=name, value=value))
    else:
        row.value = value


def set_design(office: Office, key: str) -> None:
    """これから交付する認定証の紙の設計を選ぶ。交付した認定証の姿は変わらない。"""
    office.require("certificates.set_design")
    if key not in bundled_layouts():
        raise RuleViolation("その紙の設計はありません。一覧から選んでください。")
    with office.act("certificates.set_design") as act:
        before = current_paper(act.session).layout.key
        _put(act.session, "certificate_layout", key)
        act.say(
            "setting:certificate_layout",
            f"認定証の紙の設計を「{bundled_layouts()[key].title}」にした",
            detail={"before": before, "after": bundled_layouts()[key].mark},
        )


def get_pictures(office: Office) -> tuple[bytes, bytes]:
    """公印と署名の絵（なければ空）。"""
    with office.read("certificates.get_pictures") as session:
        paper = current_paper(session)
        return paper.seal, paper.signature


def set_picture(office: Office, kind: str, path: Path | None) -> None:
    """公印（seal）か署名（signature）の絵を置く。path がなければ外す。PNG か JPEG、2 MB まで。"""
    office.require("certificates.set_picture")
    if kind not in _PICTURES:
        raise RuleViolation("置ける絵は、公印と署名です。")
    content = b"" if path is None else _picture(path)
    with office.act("certificates.set_picture") as act:
        _put(act.session, f"{kind}_image", base64.b64encode(content).decode())
        words = _PICTURES[kind]
        act.say(
            f"setting:{kind}_image",
            f"認定証の{words}の絵を{'変えた' if content else '外した'}",
            detail={"digest": hashlib.sha256(content).hexdigest() if content else ""},
        )


def _picture(path: Path) -> bytes:
    from PIL import Image, UnidentifiedImageError

    try:
        content = path.read_bytes()
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as opened:
            opened.load()
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise RuleViolation(f"{path.name} を絵として開けません。PNG か JPEG を選んでください。") from error
    if len(content) > _LARGEST:
        raise RuleViolation(f"{path.name} は大きすぎます（2 MB まで）。小さくしてから選んでください。")
    return content
