"""見本の経歴：受講資格のどの所見も一度は現れるように並べた、架空の在職と資格。"""

from dataclasses import dataclass
from datetime import date

from app.workbooks.applicant_forms import EmploymentForm, QualificationForm

STARTS_ON = date(2025, 6, 2)
ANSWERED = "answered"
LISTED = "listed"
OVERRULED = "overruled"


@dataclass(frozen=True)
class Career:
    """一人の経歴。counter・engaged・standard は現在の従事場所（None は未確認）。

    settles は未確認の解け方：answered は補正の回答、listed は勤務日内訳表、overruled は二人での決定、空は解けない。
    """

    employments: tuple[EmploymentForm, ...] = ()
    qualifications: tuple[QualificationForm, ...] = ()
    counter: str | None = "municipal"
    engaged: bool | None = True
    standard: bool | None = True
    settles: str = ""


def _job(
    counter: str,
    start: date,
    end: date | None = None,
    *,
    workdays: int | None = None,
    **more: bool | int | None,
) -> EmploymentForm:
    values = {"counter_standard": True, **more}
    return EmploymentForm(counter, start, end, f"見本{_NAMES[counter]}", workdays=workdays, **values)  # type: ignore[arg-type]


_NAMES = {
    "national": "国の相談窓口",
    "municipal": "市の相談窓口",
    "commissioned_by_nation": "国の委託の相談窓口",
    "commissioned_by_municipality": "国際交流協会",
    "private": "支援団体の相談室",
}
_TWO_YEARS = _job("municipal", date(2022, 4, 1), workdays=500)
_FEW = _job("municipal", date(2025, 1, 6), workdays=60)
_FROM_THE_WINDOW = date(2024, 6, 3)  # 研修開始日までちょうど1年


def _licence(kind: str, registered: date = date(2018, 5, 1), **more: bool | int | date | None) -> Career:
    values = {"evidence": True, **more}
    return Career((_FEW,), (QualificationForm(kind, registered, **values),))  # type: ignore[arg-type]


def _overlapping(settles: str) -> Career:
    return Career(
        (
            _job("commissioned_by_municipality", date(2023, 4, 3), date(2024, 9, 30), workdays=110),
            _job("national", date(2023, 6, 1), date(2024, 12, 27), workdays=100),
        ),
        counter="commissioned_by_municipality",
        settles=settles,
    )


GOOD = (
    Career((_TWO_YEARS,)),
    # 直近5年より前から続く在職：証明書に対象期間内の日数がある
    Career(
        (_job("commissioned_by_municipality", date(2018, 4, 2), workdays=1400, workdays_in_window=980),),
        counter="commissioned_by_municipality",
    ),
    _licence("certified_social_worker"),
    _overlapping(LISTED),
    # ちょうど1年、ちょうど180日
    Career((_job("municipal", _FROM_THE_WINDOW, workdays=180),)),
    # 6か月20日と5か月10日：余りの30日を1か月として、ちょうど1年
    Career(
        (
            _job("municipal", date(2021, 7, 1), date(2022, 1, 20), workdays=95),
            _job("commissioned_by_nation", date(2023, 4, 1), date(2023, 9, 10), workdays=90),
        )
    ),
    _licence("career_consulting_technician", grade=2),
    # 民間の窓口は、現在の従事場所には当たらないが実務経験には数える
    Career((_job("private", date(2021, 4, 1), date(2024, 12, 27), workdays=640), _FEW)),
    _licence("certified_public_psychologist"),
    _licence("mental_health_social_worker"),
    _licence("career_consultant"),
)
DOUBTFUL = (
    Career((_job("private", date(2021, 4, 1), workdays=700),), counter="private"),
    Career((_job("municipal", _FROM_THE_WINDOW, workdays=179),)),
    Career((_FEW,), (QualificationForm("certified_social_worker", date(2019, 4, 25)),), settles=ANSWERED),
    Career((_job("municipal", date(2024, 6, 4), workdays=200),)),
    Career((_TWO_YEARS,), standard=None),
    Career((_TWO_YEARS,), standard=False),
    _overlapping(OVERRULED),
    _licence("career_consulting_technician", grade=3),
    Career((_TWO_YEARS,), counter=None, engaged=None),
    _licence("career_consultant", date(2025, 6, 10)),
    # 直近5年の外にはみ出し、対象期間内の日数がない
    Career((_job("municipal", date(2016, 4, 1), date(2021, 8, 31), workdays=240), _FEW), settles=ANSWERED),
    _licence("certified_public_psychologist", lapsed_on=date(2024, 3, 31)),
    Career((_TWO_YEARS,), engaged=None),
    Career((_job("national", date(2021, 4, 1), workdays=800),), counter="national"),
    Career((_TWO_YEARS,), engaged=False),
    Career((_job("municipal", date(2023, 4, 1), workdays=300, counter_standard=None),)),
    Career((_job("municipal", date(2022, 4, 1), workdays=420, consultation=False),)),
    _licence("career_consulting_technician", grade=1, evidence=False),
)
