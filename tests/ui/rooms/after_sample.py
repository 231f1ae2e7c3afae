"""認証の後の部屋（更新・名簿・提出・設定）のための見本。人はすべて作り物。"""

from dataclasses import replace
from datetime import date

from app.domain.access import Role
from app.services import accounts, renewal
from app.services.office import Actor, Office, PasswordCost
from database.opening import Store
from database.schema.people import Person
from tests.factories import (
    make_actor,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    make_qualification,
    person,
)

TODAY = date(2028, 9, 30)
PASSWORD = "確認のための言葉です"
FIRST, SECOND = date(2026, 3, 31), date(2027, 3, 31)
PEOPLE = (
    ("髙﨑󠄀 健太郎", "タカサキ ケンタロウ", "見本市国際交流課", "東京都", "東京都・埼玉県", "英語、ベトナム語", "労働、在留資格"),
    ("NGUYỄN THỊ PHƯƠNG THẢO", "グエン ティ フオン タオ", "見本国際交流協会", "静岡県", "静岡県", "ベトナム語", "生活全般"),
    ("渡邉 直樹", "ワタナベ ナオキ", "見本大学", "大阪府", "大阪府・兵庫県", "中国語", "教育"),
    ("𠮷田 みなみ", "ヨシダ ミナミ", "多文化共生推進のための総合相談支援センター", "福岡県", "福岡県", "ネパール語、英語", "医療、福祉"),
)  # fmt: skip


def make_manager_office(store: Store, today: date = TODAY) -> Office:
    """責任者のオフィス。二人目になれる責任者の口座（login は second）もある。"""
    office = make_office(store, Role.MANAGER, today=today, name="責任 次郎")
    office = replace(office, password_cost=PasswordCost(1, 64))
    admin = replace(office, actor=make_actor(Role.ADMINISTRATOR, "管理 三郎"))
    accounts.add_account(admin, "second", "確認 四郎", Role.MANAGER, PASSWORD)
    return office


def second_person() -> Actor:
    """二人目になれる責任者。"""
    return make_actor(Role.MANAGER, "確認 四郎")


def sample_person(row: tuple[str, ...], consent: bool = True) -> Person:
    """見本の一人。"""
    name, reading, place, prefecture, area, languages, specialties = row
    return person(
        name,
        reading,
        affiliation=place,
        affiliation_prefecture=prefecture,
        activity_area=area,
        languages=languages,
        specialties=specialties,
        nationality="日本",
        publish_consent=consent,
    )


def make_first(office: Office) -> tuple[int, list[int]]:
    """第1期：四人が令和8年3月31日に認証された。研修期と認証の id を返す。"""
    cohort = make_cohort(office)
    applications = make_applications(office, cohort, [sample_person(p, i != 2) for i, p in enumerate(PEOPLE)])
    make_qualification(office, applications[0])
    make_qualification(office, applications[1], "career_consultant")
    return cohort, make_certifications(office, cohort, applications, FIRST)


def make_second(office: Office, count: int = 9) -> list[int]:
    """第2期：count 人が令和9年3月31日に認証された。"""
    cohort = make_cohort(office, 1, date(2026, 8, 1))
    people = [
        person(f"見本 {c}", "ミホン", affiliation="見本センター") for c in "一二三四五六七八九十"[:count]
    ]
    return make_certifications(office, cohort, make_applications(office, cohort, people), SECOND)


def make_after(office: Office) -> tuple[int, list[int]]:
    """二期分の認証と、更新一件・進行中の調査一件・返納一件。第1期の id を返す。"""
    cohort, first = make_first(office)
    second = make_second(office)
    renewal.record_renewal(office, first[0], date(2028, 6, 1))
    opened = renewal.open_revocation(office, first[2], "fraud", date(2028, 9, 1))
    renewal.record_notice(office, opened, date(2028, 9, 10), "証明書は前の職場が作ったものです。")
    renewal.record_closure(office, second[1], "returned", date(2028, 8, 1), "本人の申出")
    return cohort, first


def revoke(office: Office, certification_id: int) -> None:
    """調査から取消しまでを済ませる。"""
    opened = renewal.open_revocation(office, certification_id, "fraud", date(2028, 8, 1))
    renewal.record_notice(office, opened, date(2028, 8, 10), "弁明書のとおり")
    renewal.revoke(office, opened, date(2028, 9, 1), "実務経験証明書の偽造", second_person())
