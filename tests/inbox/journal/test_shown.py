"""What a hook shows instead of a signature is sealed in the stream, and opened for who applies it."""

from dataclasses import dataclass, replace

from bots.channel import Hook, Reading
from bots.errors import BadSignature
from config.sealed import Seals, new_key
from inbox.credentials import Credentials
from inbox.journal.server import HOOKS
from tests.inbox.house import Paper
from tests.inbox.journal.conftest import Streamed

HUSH = "hush-hush-hush"


@dataclass(slots=True)
class Strict(Paper):
    """Paper that reads only what shows the secret."""

    def read(self, hook: Hook) -> Reading:
        """Refuse what does not show it."""
        if hook.headers.get("authorization") != HUSH:
            raise BadSignature
        return Paper.read(self, hook)


async def test_a_hook_that_shows_a_secret_is_applied_and_the_stream_does_not_tell_it(
    streamed: Streamed,
) -> None:
    house = streamed.house
    house.accept.channels = {"paper": Strict()}
    house.accept.applying.credentials = Credentials(Seals(keys=(new_key(),)))
    hook = replace(house.hook(b"ana|1|hello"), headers={"authorization": HUSH})
    await house.accept.take("paper", hook)
    info = await streamed.server.stream.stream_info(HOOKS)
    kept = await streamed.server.stream.get_msg(HOOKS, seq=info.state.last_seq)
    assert HUSH.encode() not in (kept.data or b"")
    async with streamed.applying():
        await streamed.until_kept(1)
    assert await streamed.texts() == ["hello"]
