"""本人が回避した（または候補に挙がり未確認の）案件の人を、その人の見るもの全体から除く。"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.names import search_key
from app.services.committee.item_recusals import hidden_items
from app.services.committee.recusals import hidden_cases, hidden_people
from app.services.office import Actor
from database.schema.certificates import Certification
from database.schema.committee import AgendaItem, Case
from database.schema.intake import Application
from database.schema.people import Person
from database.schema.scoring import AnswerSheet

HIDDEN_TEXT = "（回避した案件にかかわる文のため、示しません）"


class TextVeil:
    """見せない言葉（氏名・議題の名）を含む文を除く。書き方の違いを畳んで比べる。"""

    def __init__(self, words: Iterable[str]) -> None:
        self._keys: list[str] = []
        self._keep(words)

    def _keep(self, words: Iterable[str]) -> None:
        self._keys += [key for word in words if (key := search_key(word))]

    def covers(self, *texts: str) -> bool:
        """どれかの文に、見せない言葉があるか。"""
        folded = [search_key(text) for text in texts] if self._keys else []
        return any(key in text for key in self._keys for text in folded)

    def text(self, words: str) -> str:
        """文。見せない言葉があれば、文ごと除く。"""
        return HIDDEN_TEXT if self.covers(words) else words


class Veil(TextVeil):
    """この人（委員）に見せない人の、申込・認証・案件・答案と、その氏名と番号を含む文。委員でなければ何も除かない。"""

    def __init__(self, session: Session, actor: Actor) -> None:
        super().__init__(())
        self.people: set[int] = set()
        self.applications: set[int] = set()
        self.certifications: set[int] = set()
        self._subjects: Mapping[str, Collection[int]] = {}
        if actor.member_id is not None:
            self.people = hidden_people(session, actor.member_id)
        if self.people:
            self._load(session)

    def _load(self, session: Session) -> None:
        applications = select(Application.id).where(Application.person_id.in_(self.people))
        held = list(session.scalars(select(Certification).where(Certification.person_id.in_(self.people))))
        self.applications = set(session.scalars(applications))
        self.certifications = {c.id for c in held}
        names = session.scalars(select(Person.name).where(Person.id.in_(self.people)))
        self._keep([*names, *(c.number for c in held)])
        self._subjects = self._watched(session)

    def _watched(self, session: Session) -> Mapping[str, Collection[int]]:
        cases = select(Case.id).where(Case.application_id.in_(self.applications))
        sheets = select(AnswerSheet.id).where(AnswerSheet.application_id.in_(self.applications))
        return {
            "person": self.people,
            "application": self.applications,
            "certification": self.certifications,
            "case": set(session.scalars(cases)),
            "answer_sheet": set(session.scalars(sheets)),
        }

    def hides_subject(self, subject: str) -> bool:
        """監査記録の対象（person:12 など）が、見せない人のものか。"""
        kind, _, key = subject.partition(":")
        return key.isdecimal() and int(key) in self._subjects.get(kind, ())

    def hides_target(self, room: str, target_id: int | None) -> bool:
        """部屋の行き先が、見せない人の申込か認証か。"""
        if target_id is None:
            return False
        return target_id in (self.certifications if room == "certificates" else self.applications)


class MeetingVeil(TextVeil):
    """一つの会議の紙から、この人に見せない案件（cases）と議題（items）と、それらを言う文を除く。"""

    def __init__(self, session: Session, meeting_id: int, actor: Actor) -> None:
        self.cases = hidden_cases(session, meeting_id, actor)
        self.items = hidden_items(session, meeting_id, actor)
        names = (
            select(Person.name)
            .join(Application, Application.person_id == Person.id)
            .join(Case, Case.application_id == Application.id)
            .where(Case.id.in_(self.cases))
        )
        titles = select(AgendaItem.title).where(AgendaItem.id.in_(self.items))
        found = [*session.scalars(names)] if self.cases else []
        super().__init__([*found, *(session.scalars(titles) if self.items else ())])

    def frozen(self, value: Mapping[str, Any]) -> "MeetingVeil":
        """閉じたときの氏名と議題の名も除く（後で名が変わっていても）。"""
        words = [c["name"] for c in value["cases"] if c["case_id"] in self.cases]
        words += [i["title"] for i in value.get("agenda", ()) if i.get("item_id") in self.items]
        self._keep(words)
        return self
