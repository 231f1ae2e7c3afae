"""demo：架空の研修期を、申込様式から庁への提出まで、本物のサービスで通す。"""

from app.cli.demo.command import run

__all__ = ["run"]
