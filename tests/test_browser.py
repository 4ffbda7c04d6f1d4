"""The web chat in a real browser: the answer streams in, a click on its number shows the article with the words marked."""

import socket
import subprocess
import sys
import time
import urllib.request

import pytest

pytestmark = pytest.mark.slow
HOSTILE = 'Herons <script>window.hacked = 1</script> nest on the **old pier** ${value} {{value}} in spring. <img src=x onerror="window.hacked = 2">'


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """Starts the chat over a folder as a user would; gives its address."""
    processes = []

    def start(folder, llm):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        data = tmp_path_factory.mktemp("chat-index")
        command = [
            sys.executable,
            "-m",
            "rag.cli",
            "chat",
            str(folder),
            "--data",
            str(data),
            "--llm",
            llm,
            "--port",
            str(port),
            "--no-browser",
        ]
        processes.append(subprocess.Popen(command))
        url = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(url, timeout=2).read()
                return url
            except OSError:
                assert processes[-1].poll() is None
                time.sleep(0.5)
        raise TimeoutError(url)

    yield start
    for process in processes:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def seeds_url(serve):
    return serve("seeds", "local")


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(120_000)
    page.hosts = set()
    page.on("request", lambda request: page.hosts.add(request.url.split("/")[2].split(":")[0]) if "://" in request.url else None)
    yield page
    assert page.hosts <= {"127.0.0.1"}, "something is loaded from another host"
    page.close()


def ask(page, question):
    page.locator("#fn-question textarea").fill(question)
    page.locator("#fn-question textarea").press("Enter")


def is_visible_in_viewport(page, selector):
    box = page.locator(selector).first.bounding_box()
    return 0 <= box["y"] < page.viewport_size["height"]


def test_passages_come_first_then_the_answer_and_a_click_marks_its_words(page, seeds_url):
    page.goto(seeds_url)
    ask(page, "What did a drone reportedly hit in the Stavropol region?")
    page.wait_for_selector(".fn-status")
    page.wait_for_selector(".fn-hits")
    assert page.locator("#fn-question textarea").input_value() == ""
    page.wait_for_selector(".fn-meta")
    assert "oil depot" in page.locator(".fn-text").inner_text()
    page.locator(".fn-cite").first.click()
    mark = page.wait_for_selector("#fn-chosen")
    assert "oil depot" in mark.inner_text()
    page.wait_for_timeout(500)
    assert is_visible_in_viewport(page, "#fn-chosen")
    assert "North Korean Troops Reportedly Join" in page.locator(".fn-source h2").inner_text()

    ask(page, "And in the Bryansk region?")
    page.wait_for_function("document.querySelectorAll('.fn-meta').length === 2")
    assert "residential building" in page.locator(".fn-turn").nth(1).locator(".fn-text").inner_text()
    page.locator(".fn-turn").nth(1).locator(".fn-cite").first.click()
    page.wait_for_function("document.querySelector('#fn-chosen').innerText.includes('residential building')")


def test_a_long_conversation_scrolls_in_its_pane_and_its_last_answer_is_in_sight(page, seeds_url):
    page.goto(seeds_url)
    for n, question in enumerate(("What is the boiling point of lead?", "What did a drone reportedly hit in the Stavropol region?"), 1):
        ask(page, question)
        page.wait_for_function(f"document.querySelectorAll('.fn-meta').length === {n}")
    page.wait_for_timeout(500)
    pane, last = (page.locator(s).last.bounding_box() for s in ("#fn-transcript", ".fn-meta"))
    assert pane["y"] <= last["y"] < pane["y"] + pane["height"]
    page.locator(".fn-cite").last.click(timeout=5000)
    page.wait_for_selector("#fn-chosen")


def test_what_the_articles_do_not_say_is_said_so_and_a_passage_can_be_opened(page, seeds_url):
    page.goto(seeds_url)
    page.get_by_text("What is the boiling point of lead?").click()
    page.locator("#fn-ask").click()
    page.wait_for_selector(".fn-abstained")
    assert page.locator(".fn-abstained").inner_text() == "The documents do not say."
    page.locator("[data-hit]").first.click()
    page.wait_for_selector("#fn-chosen")
    page.locator("#fn-new").click()
    page.wait_for_selector(".fn-welcome")


def test_the_documents_that_may_answer_can_be_chosen(page, serve, tmp_path):
    for year, ships in (("2019", 120), ("2021", 240)):
        (tmp_path / year).mkdir()
        (tmp_path / year / "report.md").write_text(
            f"---\ntitle: Report\ndate: {year}-03-01\n---\nThe harbour of Torvik handled {ships} ships that year.\n"
        )
    page.goto(serve(tmp_path, "extractive"))
    page.get_by_text("Which documents may answer").click()
    page.locator("#fn-paths input").fill("2019/")
    page.get_by_role("option", name="2019/", exact=True).click()
    ask(page, "How many ships did the harbour of Torvik handle?")
    page.wait_for_selector(".fn-meta")
    assert "120" in page.locator(".fn-text").inner_text()
    assert "240" not in page.locator(".fn-text").inner_text()
    assert "(2019-03-01)" in page.locator("cite").first.inner_text()
    page.locator("#fn-after textarea, #fn-after input").fill("May")
    ask(page, "And how many tons?")
    page.get_by_text("write it as YYYY-MM-DD").wait_for()


def test_an_answer_can_be_stopped_and_the_next_question_asked(page, seeds_url):
    page.goto(seeds_url)
    ask(page, "Who are the three joint chiefs of staff that met in Seoul?")
    page.wait_for_selector(".fn-hits")
    page.locator("#fn-stop").click()
    page.wait_for_function("!document.querySelector('.fn-status')")
    ask(page, "What post does Medvedev hold now?")
    page.wait_for_selector(".fn-meta")
    assert "Security Council" in page.locator(".fn-text").last.inner_text()


def test_a_document_full_of_markup_shows_as_text(page, serve, tmp_path):
    (tmp_path / "hostile.txt").write_text(f"Notes about the harbour\n\n{HOSTILE}\n\nOtters swim there at night.\n")
    page.goto(serve(tmp_path, "extractive"))
    ask(page, "Where do herons nest in spring?")
    page.wait_for_selector(".fn-cite")
    page.locator(".fn-cite").first.click()
    page.wait_for_selector("#fn-chosen")
    assert "<script>window.hacked = 1</script> nest on the **old pier** ${value} {{value}}" in page.locator(".fn-source-text").inner_text()
    assert "<script>window.hacked = 1</script> nest on the old pier ${value} {{value}}" in page.locator(".fn-text").inner_text()
    assert page.evaluate("window.hacked") is None
