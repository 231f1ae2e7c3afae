"""刷れない字の点検：どの字がないかを姿で示し、代わりの字を確認のうえ証書表記とする。"""

import unicodedata

from app.documents.certificate import render_name
from app.documents.faces import clusters, is_selector
from app.documents.fonts import missing_glyphs
from app.domain.errors import RuleViolation
from app.domain.names import kanji_variants
from app.services.office import Office
from app.services.people import check_name, check_not_merged, grams_of, printed_name
from app.services.views.certificate_ledger import GlyphCheck, MissingGlyph
from database.queries.search import index_person
from database.schema.people import Person

GETA = "〓"


def _codes(text: str) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in text)


def _about(part: str) -> str:
    """字の素性。私用領域の字は、その機械だけの外字である。"""
    first = part[0]
    if unicodedata.category(first) == "Co":
        return (
            "外字（作った機械でしか見えない字）です。申込書の字を見て、文字コードのある字に直してください。"
        )
    if any(is_selector(c) for c in part[1:]):
        return (
            "異体字選択子の指定する形が、どの書体にもありません。選択子を除いた形なら刷れることがあります。"
        )
    if unicodedata.category(first) == "Cn":
        return "まだ定められていない符号です。申込書の字を見て入れ直してください。"
    return "同梱のどの書体にもない字です。"


def _substitutes(part: str) -> tuple[str, ...]:
    """代わりに刷れる字：選択子を除いた形、互換の字、異体の漢字。"""
    plain = "".join(c for c in part if not is_selector(c))
    forms = (plain, unicodedata.normalize("NFC", plain), unicodedata.normalize("NFKC", plain))
    found = dict.fromkeys((*forms, *kanji_variants(plain)))
    return tuple(f for f in found if f and f != part and not missing_glyphs(f))


def check_glyphs(office: Office, person_id: int) -> GlyphCheck:
    """証書に刷る氏名の、刷れない字とその代わり。picture は、刷れない字を〓にして組んだ姿（PDF）。"""
    with office.read("certificates.check_glyphs") as session:
        person = session.get_one(Person, person_id)
        name = printed_name(person)
        missing = missing_glyphs(name)
        parts, shown = [], []
        for place, part in enumerate(clusters(name), 1):
            shown.append(GETA if part in missing else part)
            if part in missing:
                parts.append(MissingGlyph(place, part, _codes(part), _about(part), _substitutes(part)))
        picture = render_name("".join(shown))
        return GlyphCheck(person.id, person.name, name, tuple(parts), picture)


def approve_name(office: Office, person_id: int, seen: str, printed: str, reason: str) -> None:
    """刷れない字の代わりを認め、証書表記を printed とする（確認した人と日、理由が残る）。

    seen は窓を開いたときの証書表記。その間に直されていれば、また刷れない字が残っていれば RuleViolation。
    """
    office.require("certificates.approve_name")
    if not reason.strip():
        raise RuleViolation("代わりの字を認める理由が空です。本人に確かめたことなどを書いてください。")
    with office.act("certificates.approve_name") as act:
        person = act.session.get_one(Person, person_id)
        check_not_merged(act.session, person)
        if printed_name(person) != seen:
            raise RuleViolation("証書表記が、見ていた間に直されています。もう一度開いて確かめてください。")
        check_name(printed)
        if missing := missing_glyphs(printed):
            raise RuleViolation(
                f"まだ刷れない字があります（{'、'.join(missing)}）。ほかの字に直してください。"
            )
        before = person.certificate_name
        person.certificate_name = printed
        person.certificate_name_signed_off = True
        person.certificate_name_signed_by = act.actor.name
        person.certificate_name_signed_on = office.today()
        index_person(act.session, person.id, grams_of(person))
        act.say(
            f"person:{person_id}",
            "刷れない字の代わりを認め、証書表記を確認",
            reason=reason.strip(),
            detail={"before": before, "after": printed},
        )
