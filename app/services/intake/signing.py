"""受付：証書表記の確認。刷られるとおりの字を見て、確認した人と日を残す。"""

import unicodedata
from collections.abc import Iterator

from sqlalchemy import select

from app.documents.certificate import render_name
from app.documents.faces import clusters
from app.documents.fonts import missing_glyphs
from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.people import check_name, printed_name
from app.services.views.people import CertificateName, SigningRow
from database.schema.intake import Application
from database.schema.people import Person


def _codes(cluster: str) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in cluster)


def _special(text: str) -> Iterator[str]:
    """打ち違えやすい字の説明。"""
    for cluster in dict.fromkeys(clusters(text)):
        first = cluster[0]
        if any("\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef" for c in cluster[1:]):
            yield f"{cluster}（{_codes(cluster)}）：異体字選択子で字の形を指定しています。"
        elif "\uf900" <= first <= "\ufaff" and unicodedata.normalize("NFC", first) != first:
            plain = unicodedata.normalize("NFC", first)
            yield f"{cluster}（{_codes(cluster)}）：{plain}（{_codes(plain)}）とは別の字です。"
        elif first >= "\U00020000":
            yield f"{cluster}（{_codes(cluster)}）：ほかの機械では表示されないことのある字です。"


def certificate_name(office: Office, person_id: int) -> CertificateName:
    """証書に刷る氏名と、刷られるとおりに組んだ一枚（PDF）、描けない字、確認の有無。"""
    with office.read("intake.certificate_name") as session:
        person = session.get(Person, person_id)
        if person is None:
            raise RuleViolation("その人の記録はありません。一覧を開き直してください。")
        printed = printed_name(person)
        missing = tuple(f"{c}（{_codes(c)}）" for c in missing_glyphs(printed))
        return CertificateName(
            person.id,
            person.name,
            printed,
            None if missing else render_name(printed),
            missing,
            tuple(_special(printed)),
            person.certificate_name_signed_off,
            person.certificate_name_signed_by or "",
            person.certificate_name_signed_on,
        )


def list_signing(office: Office, cohort_id: int) -> tuple[SigningRow, ...]:
    """研修期の、辞退していない人の証書表記と、確認の有無（受付番号の順）。"""
    with office.read("intake.list_signing") as session:
        rows = session.execute(
            select(Application, Person)
            .join(Person)
            .where(Application.cohort_id == cohort_id, Application.withdrawn_on.is_(None))
            .order_by(Application.reception_number)
        )
        return tuple(
            SigningRow(p.id, a.id, a.reception_number, p.name, printed_name(p), p.certificate_name_signed_off)
            for a, p in rows
        )


def sign_off_certificate_name(office: Office, person_id: int, printed: str) -> None:
    """証書に刷る氏名 printed を確認済みとする（刷る氏名を直せば、印は外れる）。

    見た字のままであることを確かめる：その後に直されていれば RuleViolation。描けない字があっても RuleViolation。
    """
    with office.act("intake.sign_off_certificate_name") as act:
        person = act.session.get(Person, person_id)
        if person is None or person.merged_into_id is not None:
            raise RuleViolation("その人の記録はありません。一覧を開き直してください。")
        if printed_name(person) != printed:
            raise RuleViolation("証書表記が、見ていた間に直されています。もう一度見て確かめてください。")
        check_name(printed)
        if missing := missing_glyphs(printed):
            raise RuleViolation(
                f"印刷できない字があります（{'、'.join(missing)}）。証書表記を直してから確認してください。"
            )
        person.certificate_name_signed_off = True
        person.certificate_name_signed_by = act.actor.name
        person.certificate_name_signed_on = office.today()
        act.say(f"person:{person_id}", "証書表記を確認", detail={"printed": printed})
