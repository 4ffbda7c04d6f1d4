import pytest

from rag.documents import read_document
from rag.layout import content_sentences, find_articles, title_and_date
from tests.conftest import SEEDS

TIDES = """Home | About | Contact | Search
Loading

How the moon moves the sea
By A. Writer
12 minutes ago

The sea rises twice a day. It falls twice a day as well.
The moon pulls the water on the near side more strongly than on the far side.
Both sides bulge, and the earth turns through the two bulges once a day, so that most coasts see two high waters between one dawn and the next.

Spring tides
They come at new moon and at full moon, when the sun pulls along the same line.
- Highest measured range: 16.3 metres
Station: Burntcoat Head

Share this
Post a Comment
© 2019 The Tidal Review"""


def kept(text):
    return [text[s.start : s.end] for s in content_sentences(text, find_articles(text))]


def test_page_furniture_is_left_out_and_headings_items_and_data_stay():
    assert kept(TIDES) == [
        "How the moon moves the sea",
        "The sea rises twice a day.",
        "It falls twice a day as well.",
        "The moon pulls the water on the near side more strongly than on the far side.",
        "Both sides bulge, and the earth turns through the two bulges once a day, so that most coasts see two high waters between one dawn and the next.",
        "Spring tides",
        "They come at new moon and at full moon, when the sun pulls along the same line.",
        "- Highest measured range: 16.3 metres",
        "Station: Burntcoat Head",
    ]


@pytest.mark.parametrize(
    "text",
    ["Flour\nEggs\nMilk\nButter", "Name | Age\nAnna | 31\nBen | 28", "One line without an end", "- one\n- two\n\nShort. Very short."],
    ids=["list", "table", "line", "notes"],
)
def test_nothing_is_left_out_of_a_text_that_is_not_mostly_prose(text):
    assert "".join(kept(text)).replace(" ", "") == text.replace("\n", "").replace(" ", "")


RECIPE = """Soup of lentils
Ada Stone · ada@kitchen.example · Bergen · since 2019

1 onion
2 carrots

Chop the onion and the carrots, and fry them in the oil for five minutes, but do not let them go brown.
Add the lentils and the stock, and let everything simmer for half an hour or until they are soft. Blend half of it.
The following does not work:
Too hot.
You can also do this:

Best wishes
Ada"""


@pytest.mark.parametrize("mark", ["18 minutes ago", "Post Comment", "No comments yet...", "Share this", "Read more »", "RELATED STORIES"])
def test_only_a_text_from_a_web_page_has_furniture(mark):
    assert "\n".join(kept(RECIPE)).replace(" ", "").replace(". ", ".") == "\n".join(
        line for line in RECIPE.replace(". ", ".\n").replace(" ", "").split("\n") if line
    )
    assert not {"1 onion", "Best wishes", mark} & {*kept(f"{mark}\n{RECIPE}")}


def test_a_short_line_of_code_is_no_furniture():
    prose = "Nobody needs to know how the whole of it was made. " * 4
    assert "import it" in kept(f"{prose}\n\n```\nimport it\nit.run()\n```\n\n{prose}")


def test_a_line_of_code_is_no_title_and_no_date():
    code, prose = "```\nline = x if this or that\n2024-05-21\n```", "Nobody knows how it was made. It is old."
    assert title_and_date(f"{prose}\n{code}\n{prose}") == (None, None)
    assert title_and_date(f"{code}\nHow the whole was made\n{prose}") == ("How the whole was made", None)
    assert not find_articles(f"{prose}\n\n\n{code}\nWASHINGTON, Aug 4 (Reuters) - {prose}")


@pytest.mark.parametrize(
    "furniture", ["Try Our AI Features", "No comments yet...", "Post Comment", "Loading Now", "18 minutes ago", "Hashtags", "show comments"]
)
def test_the_furniture_of_the_seeds_is_in_no_passage(seeds, furniture):
    assert any(furniture in p.read_text() for p in SEEDS.iterdir())
    assert not any(furniture in h.chunk.text for h in seeds.search(furniture, k=30))


def test_a_file_with_several_articles_is_several(tmp_path):
    document = read_document(SEEDS / "000_0c0ea84f6c18f619.txt", "000.txt")
    assert [a.title.split()[0] for a in document.articles] == ["South", "Israel", "Trump", "Russia's"]
    assert document.articles[0].start == 0
    assert document.articles[-1].end == len(document.text)
    assert all(a.end == b.start for a, b in zip(document.articles, document.articles[1:], strict=False))
    place = document.text.index("Olympics task force to")
    assert document.article_at(place).title.startswith("Trump to sign")


def test_articles_are_told_by_datelines_or_by_openings_of_one_shape():
    story = "{}A headline of five words{}\nThe council met on the first floor of the old hall today. It rose at noon.\n"
    same = "\n\n\n".join(story.format(opening, n) for n, opening in enumerate(["", "News Desk\n2 hours ago\n", "News Desk\n3 hours ago\n"]))
    assert len(find_articles(same)) == 3
    dated = "A first headline of several words\nSome prose that ends here.\n\n\nA second headline of several words\nOSLO, May 4 (NTB) - The council met. It rose at noon."
    assert [a.title for a in find_articles(dated)] == ["A first headline of several words", "A second headline of several words"]
    sections = "A title of some words\nProse that ends here.\n\n\nA heading of some words\nMore prose that ends here.\n\n\nAnother heading of some words\nProse again, ending here."
    assert find_articles(sections) == ()


def test_each_page_of_mediawiki_is_an_article():
    text = "= Tides =\n\nThe sea rises.\n\n== Use ==\n\nMills.\n\n= Winds =\n\nThe air moves."
    assert [(a.title, text[a.start : a.end].strip()[:9]) for a in find_articles(text)] == [("Tides", "= Tides ="), ("Winds", "= Winds =")]
    assert find_articles(text.replace("= Winds", "== Winds")) == ()
    assert find_articles(text.replace("= Winds =", "```\n= Winds =\n```")) == ()
    assert [a.title for a in find_articles(f"All about the sea and air\n\n{text}")] == ["All about the sea and air", "Tides", "Winds"]


def test_passages_of_different_articles_never_mix(seeds):
    document = seeds.document("000_0c0ea84f6c18f619.txt")
    for hit in seeds.search("missile", k=40):
        if hit.chunk.document_id == document.id:
            assert document.article_at(hit.chunk.start) == document.article_at(hit.chunk.end - 1)
            assert hit.chunk.title == document.article_at(hit.chunk.start).title


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("A headline of some words\nPublished: March 14, 2017\nText follows here.", "2017-03-14"),
        ("A headline of some words\nTuesday, 3 May 2022\nText follows here.", "2022-05-03"),
        ("LONDON, Aug 4, 2025 (Reuters) - Text follows here.", "2025-08-04"),
        ('<meta property="article:published_time" content="2020-02-03T10:00:00Z">\nText.', "2020-02-03"),
        ("LONDON, Aug 4 (Reuters) - Text follows here.", None),
        ("A headline of some words\nPublished 4:12 AM GMT, Thu November 21, 2024\nText follows here.", "2024-11-21"),
        ("LONDON, Jan. 15, 2024 — Text follows here.", "2024-01-15"),
        ("London, Jan. 15, 2024 — Text follows here.", None),
        ("On 14 March 2017 the council met in the old hall.", None),
        ("Posted: 31 February 2020\nText.", None),
    ],
)
def test_a_date_is_taken_only_where_the_text_states_it_as_its_own(text, date):
    assert title_and_date(text)[1] == date


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Lake Ormond\n\nLake Ormond is the largest lake of the county.", "Lake Ormond"),
        (
            "Loading Now\nShare\n\nHelicopters lift forty people off roofs\n\nForty people were saved by the army.",
            "Helicopters lift forty people off roofs",
        ),
        ("Note:\n\nIt rained for the whole of the day.", None),
        ("Home › World › North of Europe\n\nThe army saves forty people\nForty people were saved.", "The army saves forty people"),
        ("Forty people were saved.\n\nUpdated on 12 August 2025", None),
        ('"We will rebuild it," says the mayor\n\nThe mayor spoke at noon on Monday.', '"We will rebuild it," says the mayor'),
        ("Tor\n\nTable of Contents\n\nUsing it to browse the web\n\nTor is a network of servers. It helps.", None),
        (
            "All about the Tor network\n\nContents\n\nUsing it to browse the web\n\nTor is a network of servers.",
            "All about the Tor network",
        ),
        ("Ada Lund (3 May 1888 – 2 June 1967) was a baker. She was born in Oslo.", "Ada Lund"),
        ("The Bank of the North, founded in 1790, is the oldest bank of the country.", "The Bank of the North"),
        ("It was a dark night. Ada Lund was a baker.", None),
        ("The night was a dark one.", None),
    ],
)
def test_a_title_is_a_short_first_line_above_prose_or_a_headline_or_what_the_text_is_about(text, title):
    assert title_and_date(text)[0] == title


LETTER = """Rosefield School
12 May 2025

Dear parents,

We leave on Monday at nine. We come back on Friday at three, depending on traffic. The cost is 285 pounds for each child. Whoever cannot pay that may speak to the office, which has a fund for it.
{}

With best wishes,
Dominic Hale
Headteacher
"""


def test_letterhead_and_signature_of_a_letter_are_kept_the_signature_as_one():
    text = LETTER.format("").replace("\n\nWith", "\nShare\n\nWith")
    kept = [text[s.start : s.end] for s in content_sentences(text)]
    assert kept[:3] == ["Rosefield School", "12 May 2025", "Dear parents,"]
    assert kept[-2:] == [
        "Whoever cannot pay that may speak to the office, which has a fund for it.",
        "With best wishes,\nDominic Hale\nHeadteacher",
    ]


@pytest.mark.parametrize("text", [LETTER.replace("Dear parents,", "To all parents"), LETTER + "\nPhones must stay at home that week."])
def test_without_a_salutation_or_below_prose_nothing_is_a_signature(text):
    text = text.format("It is far.")
    assert "With best wishes,\nDominic Hale\nHeadteacher" not in [text[s.start : s.end] for s in content_sentences(text)]
