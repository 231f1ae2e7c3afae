"""研修期の日どうし（研修開始日・申込の締切・養成課程②の初日）と、申込の受付日の食い違い。"""

from datetime import date, timedelta

from app.domain.calendar import wareki

_FAR = timedelta(days=365)


def reception_problem(received_on: date, training_starts_on: date, today: date) -> str:
    """受付日を受け取れない理由の文（なければ空）。今日より後か、研修開始日より一年を超えて後。"""
    if received_on > today:
        return f"受付日（{wareki(received_on)}）が今日より後です。日付を確かめてください。"
    if received_on - training_starts_on > _FAR:
        return (
            f"受付日（{wareki(received_on)}）が研修開始日（{wareki(training_starts_on)}）より一年を超えて後です。"
            "日付か研修期を確かめてください。"
        )
    return ""


def reception_caution(received_on: date, training_starts_on: date, closes_on: date | None) -> str:
    """受付日について確かめることの文（なければ空）。"""
    if received_on > training_starts_on:
        return (
            f"受付日が研修開始日（{wareki(training_starts_on)}）より後です。日付か研修期を確かめてください。"
        )
    if closes_on is not None and received_on > closes_on:
        return f"受付日が申込の締切（{wareki(closes_on)}）より後です。受け付けてよいかを確かめてください。"
    if training_starts_on - received_on > _FAR:
        return f"受付日が研修開始日（{wareki(training_starts_on)}）より一年を超えて前です。年を確かめてください。"
    return ""


def closing_problem(closes_on: date | None, training_starts_on: date) -> str:
    """申込の締切を受け取れない理由の文（なければ空）。"""
    if closes_on is None or closes_on <= training_starts_on:
        return ""
    return (
        f"申込の締切（{wareki(closes_on)}）が研修開始日（{wareki(training_starts_on)}）より後です。"
        "日付を確かめてください。"
    )


def course2_problem(course2_starts_on: date | None, training_starts_on: date) -> str:
    """養成課程②の初日を受け取れない理由の文（なければ空）。"""
    if course2_starts_on is None or course2_starts_on >= training_starts_on:
        return ""
    return (
        f"養成課程②の初日（{wareki(course2_starts_on)}）が研修開始日（{wareki(training_starts_on)}）より前です。"
        "日付を確かめてください。"
    )
