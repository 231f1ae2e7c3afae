"""申込様式の一人分。型のある値だけを持ち、規則は知らない。"""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class EmploymentForm:
    """在職の一行。counter は窓口の種別の符号、counter_standard は注5を満たすか（未確認は None）、日数は日。

    commissioner は委託元（書かれていなければ None）、row は「在職歴」の行の番号、
    id は直す記録の番号（新しい行と取込では None）。row と id は比べるときは見ない（資格・裁判も同じ）。
    """

    counter: str
    started_on: date
    ended_on: date | None = None
    counter_name: str = ""
    counter_standard: bool | None = None
    consultation: bool = True
    workdays: int | None = None
    workdays_in_window: int | None = None
    commissioner: str | None = None
    row: int = field(default=0, compare=False)
    id: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class QualificationForm:
    """国家資格の一行。kind は資格の符号、grade は級（技能士だけ）、evidence は写しを確かめたか。"""

    kind: str
    registered_on: date
    grade: int | None = None
    lapsed_on: date | None = None
    evidence: bool = False
    row: int = field(default=0, compare=False)
    id: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ConvictionForm:
    """有罪の裁判の一行。law・penalty は符号、suspension_kind は full・partial・None。"""

    law: str
    penalty: str
    finalized_on: date | None = None
    execution_ended_on: date | None = None
    execution_ceased_on: date | None = None
    suspension_kind: str | None = None
    suspension_ends_on: date | None = None
    suspension_revoked: bool = False
    row: int = field(default=0, compare=False)
    id: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ApplicantForm:
    """一人分の申込。row は「申込者」の行の番号、number は申込番号、氏名は打たれたまま。

    …_declared は欠格事由の申告（該当が真、未回答は None）。
    """

    row: int
    number: str
    name: str
    birth_date: date
    reading: str = ""
    roman_name: str = ""
    certificate_name: str = ""
    alias: str = ""
    former_name: str = ""
    nationality: str = ""
    phone: str = ""
    email: str = ""
    postal_code: str = ""
    address: str = ""
    affiliation: str = ""
    affiliation_prefecture: str = ""
    activity_area: str = ""
    specialties: str = ""
    languages: str = ""
    counter_name: str = ""
    counter: str | None = None
    counter_engaged: bool | None = None
    counter_standard: bool | None = None
    commissioner: str | None = None
    publish_consent: bool = False
    mental_declared: bool | None = None
    immigration_declared: bool | None = None
    other_law_declared: bool | None = None
    revocation_declared: bool | None = None
    employments: tuple[EmploymentForm, ...] = ()
    qualifications: tuple[QualificationForm, ...] = ()
    convictions: tuple[ConvictionForm, ...] = ()
