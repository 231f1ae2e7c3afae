from datetime import date
from io import BytesIO
from xml.etree import ElementTree

import pypdf
import pytest
from PIL import Image, ImageCms

from app.documents import archive
from tests.documents.helpers import one_line


def test_the_colour_profile_is_srgb() -> None:
    ours = ImageCms.ImageCmsProfile(BytesIO(archive.srgb_profile()))
    theirs = ImageCms.createProfile("sRGB")
    assert ImageCms.getProfileDescription(ours).strip() == "sRGB"
    image = Image.new("RGB", (3, 1))
    for x, colour in enumerate([(255, 0, 0), (120, 150, 90), (20, 20, 200)]):
        image.putpixel((x, 0), colour)
    turned = ImageCms.profileToProfile(image, ours, theirs)
    assert turned is not None
    near = [abs(a - b) <= 2 for a, b in zip(turned.tobytes(), image.tobytes(), strict=True)]
    assert near == [True] * 9


def test_the_description_is_sound_xml_and_names_no_one() -> None:
    text = archive.description("<認定証> & 題", "主題", date(2026, 4, 10)).decode()
    root = ElementTree.fromstring(text)
    words = {e.tag.split("}")[1]: e.text for e in root.iter() if e.text and e.text.strip()}
    assert words == {
        "part": "2",
        "conformance": "B",
        "format": "application/pdf",
        "li": "ja",
        "CreatorTool": "認定デスク",
        "CreateDate": "2026-04-10",
        "Producer": "認定デスク",
    }
    assert "&lt;認定証&gt; &amp; 題" in text


@pytest.mark.parametrize("key", ["/Metadata", "/OutputIntents", "/Lang"])
def test_every_paper_has_what_a_lasting_file_needs(key: str) -> None:
    assert key in pypdf.PdfReader(BytesIO(one_line("試し"))).trailer["/Root"]  # type: ignore[operator]
