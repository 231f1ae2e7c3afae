"""見本の申込者：名と経歴と、その後にたどる道。すべて架空で、種が同じなら同じになる。"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources import files
from random import Random
from typing import Any

from app.cli.demo.careers import DOUBTFUL, GOOD, Career
from app.workbooks.applicant_forms import ApplicantForm, ConvictionForm

_TEN = 10
_DOUBTFUL_PLACES = (2, 5, 8)
_FIVE = 5
_FATED_PLACES = (1, 3, 4)
_EARLIEST_BIRTH = date(1966, 1, 10)
_BIRTH_DAYS = 12_000
_SPECIALTIES = ("在留手続", "労働", "医療・福祉", "子育て・教育", "住まい", "防災")
_LANGUAGES = {"日本": "英語"}

# 資格ありと見込まれる人の五人に三人へ、順に与える道。残りの人は普通に修了する
FATES = (
    "quiz_retake", "conviction_two_years", "report_missing", "same_office", "renewed", "revoked",
    "report_extended", "test_group_low", "test_low", "mental", "fine_other", "session_absent",
    "test_absent", "suspended_running", "quiz_fail", "suspended_over", "withdrew", "fine_immigration_old",
    "exempt", "returned", "renewed", "died", "conditional",
)  # fmt: skip
CERTIFIED_ON = date(2026, 3, 25)
_CONVICTIONS = {
    # 執行の終わりから認証予定日まで、ちょうど2年：その日まで該当する
    "conviction_two_years": ConvictionForm("other", "imprisonment", date(2022, 3, 20), date(2024, 3, 25)),
    "fine_other": ConvictionForm("other", "fine", date(2025, 1, 15), date(2025, 2, 3)),
    "suspended_running": ConvictionForm(
        "other",
        "imprisonment",
        date(2024, 6, 12),
        suspension_kind="full",
        suspension_ends_on=date(2027, 6, 12),
    ),
    "suspended_over": ConvictionForm(
        "other",
        "imprisonment",
        date(2020, 2, 14),
        suspension_kind="full",
        suspension_ends_on=date(2023, 2, 14),
    ),
    "fine_immigration_old": ConvictionForm("immigration", "fine", date(2021, 9, 1), date(2021, 9, 24)),
}


@dataclass(frozen=True)
class Applicant:
    """一人の見本。ability は設問に正答する割合。"""

    form: ApplicantForm
    career: Career
    fate: str
    ability: float


def sample() -> dict[str, Any]:
    """同梱の見本の名簿（人・名の部品・窓口・委員）。"""
    text = (files("resources") / "sample" / "people.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _names(count: int, rng: Random, found: dict[str, Any]) -> list[dict[str, str]]:
    people = list(found["person"])
    parts = found["names"]
    pairs = [(f, g) for f in parts["family"] for g in parts["given"]]
    rng.shuffle(pairs)
    for i in range(max(0, count - len(people))):
        family, given = pairs[i % len(pairs)]
        people.append(
            {
                "name": f"{family[0]} {given[0]}",
                "reading": f"{family[1]} {given[1]}",
                "roman": f"{family[2]} {given[2]}",
                "nationality": "日本",
            }
        )
    people = people[:count]
    rng.shuffle(people)
    return people


def _form(
    i: int, who: dict[str, str], career: Career, fate: str, counter: dict[str, str], rng: Random
) -> ApplicantForm:
    convictions = (_CONVICTIONS[fate],) if fate in _CONVICTIONS else ()
    laws = {c.law for c in convictions}
    # 同じ読みの人が何人いても、生年月日で見分けられる
    born = _EARLIEST_BIRTH + timedelta(days=(i * 7919 + rng.randrange(7)) % _BIRTH_DAYS)
    return ApplicantForm(
        row=0,
        number=str(i + 1),
        name=who["name"],
        birth_date=born,
        reading=who["reading"],
        roman_name=who["roman"],
        nationality=who["nationality"],
        phone=f"000-0000-{i % 10_000:04d}",
        email=f"mihon{i + 1:04d}@example.jp",
        postal_code="000-0000",
        address=f"{counter['prefecture']}見本市見本町{i % 30 + 1}-{i % 7 + 1}",
        affiliation=counter["name"],
        affiliation_prefecture=counter["prefecture"],
        activity_area=counter["prefecture"],
        specialties=rng.choice(_SPECIALTIES),
        languages=_LANGUAGES.get(who["nationality"], "日本語"),
        counter_name=counter["name"],
        counter=career.counter,
        counter_engaged=career.engaged,
        counter_standard=career.standard,
        publish_consent=rng.random() < 0.8,
        mental_declared=fate == "mental",
        immigration_declared=bool(laws & {"immigration", "technical_intern"}),
        other_law_declared="other" in laws,
        revocation_declared=False,
        employments=career.employments,
        qualifications=career.qualifications,
        convictions=convictions,
    )


def _counter(career: Career, fate: str, counters: Sequence[dict[str, str]], rng: Random) -> dict[str, str]:
    # 先頭の窓口には委員が一人いる：同じ所属の人は一人だけにする
    if fate == "same_office":
        return counters[0]
    fit = [c for c in counters[1:] if c["kind"] == career.counter] or list(counters[1:])
    return rng.choice(fit)


def make_applicants(count: int, seed: int) -> list[Applicant]:
    """count 人の見本を作る。"""
    rng = Random(seed)  # noqa: S311  見本を作るだけで、秘密ではない
    found = sample()
    applicants: list[Applicant] = []
    good = doubtful = 0
    fates = list(FATES)
    for i, who in enumerate(_names(count, rng, found)):
        fate = ""
        if i % _TEN in _DOUBTFUL_PLACES:
            career, doubtful = DOUBTFUL[doubtful % len(DOUBTFUL)], doubtful + 1
        else:
            career = GOOD[good % len(GOOD)]
            fate = fates.pop(0) if fates and good % _FIVE in _FATED_PLACES else ""
            good += 1
        if fate == "same_office":
            career = GOOD[0]
        counter = _counter(career, fate, found["counter"], rng)
        ability = 0.82 + rng.random() * 0.15
        applicants.append(Applicant(_form(i, who, career, fate, counter, rng), career, fate, ability))
    return applicants


def corrected(form: ApplicantForm) -> ApplicantForm:
    """補正の回答：資格の写しと、対象期間内の日数が示された申込。"""
    return replace(
        form,
        qualifications=tuple(replace(q, evidence=True) for q in form.qualifications),
        employments=tuple(
            replace(e, workdays_in_window=190) if e.started_on < date(2020, 6, 3) else e
            for e in form.employments
        ),
    )
