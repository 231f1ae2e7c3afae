"""利用者の画面へ渡すもの。"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountView:
    """利用者の一人。"""

    id: int
    login: str
    name: str
    role: str
    active: bool
