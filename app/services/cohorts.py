"""研修期の名と略号。"""

from datetime import date

from app.domain.calendar import wareki
from database.schema.intake import Cohort


def cohort_title(cohort: Cohort) -> str:
    """研修期の名（令和7年度 第2期）。"""
    return f"{wareki(date(cohort.fiscal_year, 5, 1)).split('年')[0]}年度 第{cohort.term}期"


def cohort_code(cohort: Cohort) -> str:
    """研修期の略号（R7-2）。"""
    return f"R{cohort.fiscal_year - 2018}-{cohort.term}"
