"""色・字の大きさ・間の取り方。見た目の値はここだけに書く。"""

from dataclasses import dataclass
from enum import StrEnum

TEXT, TITLE, SECTION, CAPTION, FIGURE = 13, 18, 14, 12, 20
GAP_1, GAP_2, GAP_3, GAP_4 = 4, 8, 12, 16
RADIUS_CONTROL, RADIUS_CARD = 4, 6
SCALE_MIN, SCALE_MAX = 0.9, 1.5


class Tone(StrEnum):
    """札と囲みの調子。色だけに意味を持たせず、必ず言葉を添える。"""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    MUTED = "muted"
    ACCENT = "accent"


@dataclass(frozen=True)
class Tokens:
    """色の一式（#rrggbb）。_weak は同じ名の文字を載せる淡い地、_line はその縁。"""

    name: str
    ink: str
    muted: str
    line: str
    line_weak: str
    ground: str
    surface: str
    header: str
    neutral_weak: str
    accent: str
    accent_weak: str
    accent_strong: str
    accent_pale: str
    on_accent: str
    ok: str
    ok_weak: str
    warn: str
    warn_weak: str
    warn_line: str
    bad: str
    bad_weak: str
    bad_line: str

    def text_of(self, tone: Tone) -> str:
        """調子の文字の色。"""
        return str(getattr(self, tone.value))

    def ground_of(self, tone: Tone) -> str:
        """調子の地の色。"""
        return self.neutral_weak if tone is Tone.MUTED else str(getattr(self, f"{tone.value}_weak"))

    def pairs(self) -> tuple[tuple[str, str, str], ...]:
        """画面で重ねる（名, 文字, 地）の組のすべて。"""
        grounds = ("ground", "surface", "header", "accent_weak", "warn_weak")
        plain = [
            (f"ink/{g}", self.ink, str(getattr(self, g)))
            for g in (*grounds, "neutral_weak", "bad_weak", "ok_weak")
        ]
        plain += [(f"muted/{g}", self.muted, str(getattr(self, g))) for g in grounds]
        tones = [(f"chip/{t}", self.text_of(t), self.ground_of(t)) for t in Tone]
        on_surface = [(f"{t}/surface", self.text_of(t), self.surface) for t in Tone]
        on_surface += [(f"{t}/ground", self.text_of(t), self.ground) for t in Tone]
        more = [
            ("accent/header", self.accent, self.header),
            ("bad/accent_weak", self.bad, self.accent_weak),
            ("on_accent/accent", self.on_accent, self.accent),
            ("on_accent/accent_strong", self.on_accent, self.accent_strong),
        ]
        return tuple(plain + tones + on_surface + more)


LIGHT = Tokens(
    name="light",
    ink="#1d2733",
    muted="#566270",
    line="#d8dde3",
    line_weak="#e9ecf0",
    ground="#f4f5f7",
    surface="#ffffff",
    header="#fafbfc",
    neutral_weak="#eceff3",
    accent="#1f4e8c",
    accent_weak="#e8eff8",
    accent_strong="#173d70",
    accent_pale="#c9d8ec",
    on_accent="#ffffff",
    ok="#1a7a48",
    ok_weak="#e6f4ec",
    warn="#8f5b00",
    warn_weak="#fdf3dc",
    warn_line="#ecd9a8",
    bad="#b3261e",
    bad_weak="#fbe9e7",
    bad_line="#e3aaa5",
)
DARK = Tokens(
    name="dark",
    ink="#e6eaf0",
    muted="#aab5c2",
    line="#3a4552",
    line_weak="#2b3440",
    ground="#151a21",
    surface="#1d242d",
    header="#222a34",
    neutral_weak="#2c3541",
    accent="#86b5f2",
    accent_weak="#22344d",
    accent_strong="#a5c8f6",
    accent_pale="#3d5778",
    on_accent="#0f1722",
    ok="#6fd39b",
    ok_weak="#173527",
    warn="#f0c063",
    warn_weak="#3a2f14",
    warn_line="#6a5620",
    bad="#ff9d94",
    bad_weak="#44201d",
    bad_line="#7c3f3a",
)


def clamp_scale(scale: float) -> float:
    """拡大率を 90〜150 % に収める（1.0 が 100 %）。"""
    return min(max(scale, SCALE_MIN), SCALE_MAX)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """二色の明暗の比（WCAG 2.2、1〜21）。"""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)
