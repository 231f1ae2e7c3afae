"""申込の事実どうしの矛盾：日付の順、日数、年齢、資格、窓口と委託元、連絡先の書き方。画面・取込・後の訂正に同じ言葉で言う。"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.calendar import wareki
from app.domain.contacts import Contacts, contact_findings
from app.domain.experience import window_of
from app.domain.guideline import Guideline
from app.domain.names import search_key

OLDEST = 110  # 歳。これより上の生年月日は、書き違いとして確かめる
WORKING_AGE = 15  # 歳
_COMMISSIONED = ("commissioned_by_nation", "commissioned_by_municipality")


class Part(StrEnum):
    """矛盾のある所。値は申込様式のシートの名。"""

    PERSON = "申込者"
    EMPLOYMENT = "在職歴"
    QUALIFICATION = "国家資格"


@dataclass(frozen=True)
class WorkdayClaim:
    """在職一つの期間と、証明書にある日数（日）。ended_on が None なら続いている。"""

    started_on: date
    ended_on: date | None
    workdays: int | None = None
    workdays_in_window: int | None = None
    days: tuple[date, ...] | None = None


@dataclass(frozen=True)
class Place:
    """窓口：種別の符号、名、委託元（委託の窓口だけ。書かれていなければ空）。"""

    counter: str | None
    name: str = ""
    commissioner: str = ""


@dataclass(frozen=True)
class Service:
    """在職一つ：窓口と、期間と日数。"""

    place: Place
    claim: WorkdayClaim


@dataclass(frozen=True)
class Registration:
    """国家資格一つの登録日と失効日。"""

    registered_on: date
    lapsed_on: date | None = None


@dataclass(frozen=True)
class ApplicantFacts:
    """一人の申込の事実のうち、互いに食い違いうるもの。place はいまの窓口。

    contacts は申込書を受けるときだけ見る（None なら見ない）。連絡先は、ほかの訂正を止める理由にならない。
    """

    birth_date: date
    place: Place = Place(None)
    services: tuple[Service, ...] = ()
    registrations: tuple[Registration, ...] = ()
    contacts: Contacts | None = None


@dataclass(frozen=True)
class Contradiction:
    """矛盾一つ。

    at は part の何件目か（1 から。人のことなら 0）、column は申込様式の見出し、value は書かれた値、
    reason は何が・なぜ・どうすればの文。warning なら受け取れるが確かめる。
    """

    part: Part
    at: int
    column: str
    value: str
    reason: str
    warning: bool = False

    @property
    def sentence(self) -> str:
        """何件目かを頭に付けた文。"""
        words = {Part.EMPLOYMENT: "の在職", Part.QUALIFICATION: "の資格"}
        return f"{self.at}件目{words[self.part]}：{self.reason}" if self.part in words else self.reason


def _day_text(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def age_on(birth_date: date, day: date) -> int:
    """その日の満年齢（誕生日の当日に一つ加わる）。"""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def birth_date_problem(birth_date: date, today: date) -> str:
    """生年月日を受け取れない理由の文（なければ空）。"""
    if birth_date < today:
        return ""
    return f"生年月日（{wareki(birth_date)}）が今日より前ではありません。申込書を確かめてください。"


def birth_date_caution(birth_date: date, today: date) -> str:
    """生年月日について確かめることの文（なければ空）。"""
    age = age_on(birth_date, today)
    if WORKING_AGE <= age <= OLDEST:
        return ""
    return f"生年月日（{wareki(birth_date)}）では{age}歳になります。元号と年を申込書で確かめてください。"


def _counts(claim: WorkdayClaim, whole: int, inside: int) -> tuple[str, str]:
    """日数の矛盾の（見出し, 文）。"""
    total, within = claim.workdays, claim.workdays_in_window
    if total is not None and total < 0:
        return "従業日数", "従業日数が負です。証明書を確かめてください。"
    if within is not None and within < 0:
        return "従業日数（対象期間内）", "従業日数が負です。証明書を確かめてください。"
    if total is not None and total > whole:
        words = f"従業日数{total}日は、在職の日数{whole}日（研修開始日まで）を超えています。証明書を確かめてください。"
        return "従業日数", words
    if within is not None and within > inside:
        words = f"対象期間内の従業日数{within}日は、対象期間内の在職の日数{inside}日を超えています。証明書を確かめてください。"
        return "従業日数（対象期間内）", words
    if total is not None and within is not None and not 0 <= total - within <= whole - inside:
        words = (
            f"従業日数（全期間{total}日・対象期間内{within}日）が食い違っています。証明書を確かめてください。"
        )
        return "従業日数（対象期間内）", words
    return "", ""


def claim_problem(claim: WorkdayClaim, training_starts_on: date, guideline: Guideline) -> tuple[str, str]:
    """在職の日付と日数の矛盾の（申込様式の見出し, 文）。なければ空の組。続いている在職は研修開始日までを数える。"""
    start, end = claim.started_on, claim.ended_on or training_starts_on
    if claim.ended_on is not None and claim.ended_on < start:
        words = f"終わり（{wareki(claim.ended_on)}）が始まり（{wareki(start)}）より前です。日付を確かめてください。"
        return "終了日", words
    window = window_of(training_starts_on, guideline)
    whole = max(0, (end - start).days + 1)
    inside = max(0, (min(end, window[1]) - max(start, window[0])).days + 1)
    if claim.days and not all(start <= day <= end for day in claim.days):
        words = (
            f"在職期間（{wareki(start)}から{wareki(end)}）の外の日があります。日の一覧を確かめてください。"
        )
        return "従業日数", words
    return _counts(claim, whole, inside)


def place_problem(place: Place) -> str:
    """窓口と委託元の矛盾の文（なければ空）。委託元が書かれていないことは矛盾ではない。"""
    if not place.commissioner.strip():
        return ""
    if place.counter is not None and place.counter not in _COMMISSIONED:
        return (
            f"委託元「{place.commissioner}」がありますが、種別は委託の窓口ではありません。"
            "種別を「委託」のものに直すか、委託元を消してください。"
        )
    if place.name.strip() and search_key(place.name) == search_key(place.commissioner):
        return (
            f"委託元が窓口「{place.name}」そのものです。自らに委託することはできません。"
            "委託した国か地方公共団体の名に直すか、直営なら種別を直してください。"
        )
    return ""


def _birth(facts: ApplicantFacts, today: date) -> Iterator[Contradiction]:
    born = facts.birth_date
    if reason := birth_date_problem(born, today):
        yield Contradiction(Part.PERSON, 0, "生年月日", _day_text(born), reason)
    elif any(_too_young(born, service.claim.started_on) for service in facts.services):
        return  # 在職との食い違いとして言う
    elif reason := birth_date_caution(born, today):
        yield Contradiction(Part.PERSON, 0, "生年月日", _day_text(born), reason, warning=True)


def _too_young(born: date, start: date) -> str:
    age = age_on(born, start)
    if start <= born:
        how = "生まれる前です"
    elif age < WORKING_AGE:
        how = f"満{age}歳の時です（働けるのは満{WORKING_AGE}歳から）"
    else:
        return ""
    return f"始まり（{wareki(start)}）が、生年月日（{wareki(born)}）から見て{how}。どちらの日付が違うかを確かめてください。"


def _same_place(one: Service, other: Service) -> bool:
    return (
        one.place.counter == other.place.counter
        and bool(one.place.name.strip())
        and search_key(one.place.name) == search_key(other.place.name)
    )


def _overlap(one: WorkdayClaim, other: WorkdayClaim) -> bool:
    last = date.max
    return one.started_on <= (other.ended_on or last) and other.started_on <= (one.ended_on or last)


def _repeated(services: Sequence[Service], at: int) -> Contradiction | None:
    """前の在職との重なり：まったく同じなら誤り、同じ窓口で期間が重なれば注意。"""
    mine = services[at - 1]
    claim, value = mine.claim, mine.place.name
    for before, other in enumerate(services[: at - 1], 1):
        same = (other.claim.started_on, other.claim.ended_on) == (claim.started_on, claim.ended_on)
        if (
            same
            and other.place.counter == mine.place.counter
            and (search_key(other.place.name) == search_key(value))
        ):
            reason = f"{before}件目と同じ窓口・同じ期間の在職です。二重に書かれていれば、一つにしてください。"
            return Contradiction(Part.EMPLOYMENT, at, "開始日", _day_text(claim.started_on), reason)
        if _same_place(mine, other) and _overlap(claim, other.claim):
            reason = f"{before}件目の同じ窓口の在職と期間が重なっています。日付を証明書で確かめてください。"
            return Contradiction(Part.EMPLOYMENT, at, "開始日", _day_text(claim.started_on), reason, True)
    return None


def _service(
    facts: ApplicantFacts, at: int, starts_on: date, guideline: Guideline, is_born: bool
) -> Iterator[Contradiction]:
    service = facts.services[at - 1]
    claim = service.claim
    column, reason = claim_problem(claim, starts_on, guideline)
    values: dict[str, object] = {
        "終了日": _day_text(claim.ended_on),
        "従業日数": claim.workdays,
        "従業日数（対象期間内）": claim.workdays_in_window,
    }
    if reason:
        value = values[column]
        yield Contradiction(Part.EMPLOYMENT, at, column, "" if value is None else str(value), reason)
    if is_born and (reason := _too_young(facts.birth_date, claim.started_on)):
        yield Contradiction(Part.EMPLOYMENT, at, "開始日", _day_text(claim.started_on), reason)
    if reason := place_problem(service.place):
        yield Contradiction(Part.EMPLOYMENT, at, "委託元", service.place.commissioner, reason)
    if (repeated := _repeated(facts.services, at)) is not None:
        yield repeated


def _registration(facts: ApplicantFacts, at: int, is_born: bool) -> Iterator[Contradiction]:
    one, born = facts.registrations[at - 1], facts.birth_date
    registered, lapsed = one.registered_on, one.lapsed_on
    if is_born and registered <= born:
        reason = (
            f"登録日（{wareki(registered)}）が生年月日（{wareki(born)}）より後ではありません。"
            "どちらの日付が違うかを確かめてください。"
        )
        yield Contradiction(Part.QUALIFICATION, at, "登録日", _day_text(registered), reason)
    if lapsed is not None and lapsed < registered:
        reason = (
            f"失効日（{wareki(lapsed)}）が登録日（{wareki(registered)}）より前です。日付を確かめてください。"
        )
        yield Contradiction(Part.QUALIFICATION, at, "失効日", _day_text(lapsed), reason)


def contradictions(
    facts: ApplicantFacts, training_starts_on: date, today: date, guideline: Guideline
) -> tuple[Contradiction, ...]:
    """申込の事実の矛盾（人・在職・資格の順）。warning のないものがあれば、その申込は受け取れない。"""
    found = list(_birth(facts, today))
    # 生年月日そのものが違うとき、そこから出る年齢の誤りまで並べない
    is_born = not birth_date_problem(facts.birth_date, today)
    if facts.contacts is not None:
        found += [
            Contradiction(Part.PERSON, 0, c.column, c.value, c.reason, c.warning)
            for c in contact_findings(facts.contacts)
        ]
    if reason := place_problem(facts.place):
        found.append(Contradiction(Part.PERSON, 0, "委託元", facts.place.commissioner, reason))
    for at in range(1, len(facts.services) + 1):
        found += _service(facts, at, training_starts_on, guideline, is_born)
    for at in range(1, len(facts.registrations) + 1):
        found += _registration(facts, at, is_born)
    return tuple(found)
