"""利用者の画面へ渡すもの。"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountView:
    """利用者の一人。person_key が同じ口座は、同じ人のもの。"""

    id: int
    login: str
    name: str
    role: str
    active: bool
    person_key: str = ""
