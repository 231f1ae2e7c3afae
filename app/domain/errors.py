"""利用者にそのまま見せる誤り。"""


class RuleViolation(Exception):  # noqa: N818  誤りではなく、規則に反する求めである
    """規則または記録の状態に反する求めを断る。文は利用者にそのまま見せる（何が・なぜ・どうするか）。"""


class AccessDenied(RuleViolation):
    """その役割・その案件では許されていない操作を断る。"""


class InputRefused(RuleViolation):
    """受け取れない入力（ファイル・値）を断る。code は機械のための短い名。"""

    def __init__(self, message: str, code: str = "REFUSED") -> None:
        """文と符号を持つ。"""
        super().__init__(message)
        self.code = code
