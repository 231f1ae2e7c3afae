"""紙の寸法と色。"""

from typing import Literal

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
A4_WIDE = (297 * MM, 210 * MM)
INK = (0.10, 0.10, 0.11)
FAINT = (0.30, 0.30, 0.31)
GREY = (0.45, 0.45, 0.46)
Align = Literal["left", "center", "right"]
Color = tuple[float, float, float]
