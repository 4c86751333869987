"""Two nodes behind one address: a customer and an agent talk, whichever node each of them is at."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser import browser  # noqa: F401
from tests.torture.nodes import Node, sign_in_link
from tests.torture.servers import JetStream, Postgres, missing

CONFIG = """
public_url = "http://127.0.0.1:{port}"
media_dir = "{folder}/media"
[channels.webchat]
[[agents]]
key = "ana"
name = "Ana"
"""


class Turns:
    """One address for many nodes: each connection goes to the next of those that take it."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = itertools.cycle(ports)
        self.count = len(ports)

    async def joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in itertools.islice(self.ports, self.count):
            try:
                there, back = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            await asyncio.gather(_pour(reader, back), _pour(there, writer), return_exceptions=True)
            return
        writer.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


@asynccontextmanager
async def _nodes(folder: Path) -> AsyncIterator[tuple[str, list[Node]]]:
    """Run a PostgreSQL, a NATS and two nodes behind one address."""
    postgres, jetstream = Postgres(folder), JetStream(folder, count=1)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(postgres.end)
        await postgres.make()
        stack.push_async_callback(jetstream.end)
        await jetstream.start()
        env = {
            "TIDINGS_SECRET_KEY": "k" * 40,
            "TIDINGS_DATABASE": postgres.url,
            "TIDINGS_JOURNAL": jetstream.url,
        }
        nodes = [Node(f"node{number}", folder, env, None) for number in (1, 2)]
        turns = Turns([node.port for node in nodes])
        server = await asyncio.start_server(turns.joined, "127.0.0.1", 0)
        stack.callback(server.close)
        port = server.sockets[0].getsockname()[1]
        (folder / "tidings.toml").write_text(CONFIG.format(port=port, folder=folder))
        for node in nodes:
            stack.push_async_callback(node.child.end)
            await node.start()
        yield f"http://127.0.0.1:{port}", nodes


async def _agent(browser: Browser, url: str, folder: Path, node: Node) -> Page:  # noqa: F811
    token = await sign_in_link(folder, node.child.env, "ana")
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{url}/desk/sign-in?token={token}")
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/desk*")
    return page


@pytest.mark.skipif(bool(missing()), reason=missing() or "all is here")
@pytest.mark.timeout(180)
async def test_a_customer_and_an_agent_talk_over_two_nodes_and_go_on_when_one_is_killed(
    tmp_path: Path,
    browser: Browser,  # noqa: F811
) -> None:
    async with _nodes(tmp_path) as (url, nodes):
        desk = await _agent(browser, url, tmp_path, nodes[0])
        await desk.goto(f"{url}/desk?view=all")
        customer = await (await browser.new_context()).new_page()
        await customer.goto(f"{url}/chat")
        await _says(customer, "is the blue bowl back?")
        await desk.get_by_role("link", name="is the blue bowl back?").first.click()
        await _answers(desk, "On 2 December.")
        await expect(customer.get_by_role("log")).to_contain_text("On 2 December.")

        await nodes[0].child.kill()
        await _says(customer, "and the green one?")
        await expect(desk.get_by_role("log")).to_contain_text("and the green one?", timeout=30_000)
        await _answers(desk, "The green one is here.")
        await expect(customer.get_by_role("log")).to_contain_text("The green one is here.", timeout=30_000)
        assert await customer.get_by_role("log").get_by_text("and the green one?").count() == 1


@pytest.mark.skipif(bool(missing()), reason=missing() or "all is here")
@pytest.mark.timeout(180)
async def test_a_page_without_scripts_shows_what_was_just_written(
    tmp_path: Path,
    browser: Browser,  # noqa: F811
) -> None:
    async with _nodes(tmp_path) as (url, _):
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        await page.goto(f"{url}/chat")
        await page.locator("textarea").fill("nobody runs scripts here")
        await page.get_by_role("button", name="Send").click()
        said = page.locator("noscript .bubble")  # Playwright's search by text leaves noscript out
        assert "nobody runs scripts here" in await said.first.inner_text()


async def _says(customer: Page, words: str) -> None:
    await customer.locator("textarea").fill(words)
    await customer.locator("textarea").press("Enter")


async def _answers(desk: Page, words: str) -> None:
    await desk.locator("textarea:visible").first.fill(words)
    await desk.get_by_role("button", name="Send", exact=False).first.click()
    await expect(desk.get_by_role("log")).to_contain_text(words, timeout=30_000)
