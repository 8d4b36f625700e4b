"""The action server: rasa-sdk's own, in the event loop of the process that owns the services.

Loopback only. Services are injected through the constructor; nothing is looked up by name.
"""

import logging
import warnings

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic
from sanic.server import AsyncioServer

from dialogs.actions.answer import Services
from dialogs.actions.turn import Conversation, TurnAction

_log = logging.getLogger(__name__)


def make_executor(services: Services) -> ActionExecutor:
    """All actions of the service."""
    executor = ActionExecutor()
    executor.register_action(TurnAction(Conversation(services)))
    return executor


async def serve(services: Services, *, host: str, port: int) -> None:
    """Answer Rasa until cancelled.

    Raises:
        OSError: the port is taken.
    """
    warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk", module="rasa_sdk")
    # The SDK logs whole requests, which hold what callers said.
    for name in ("rasa_sdk", "sanic.access", "sanic.root", "sanic.error", "sanic.server"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    Sanic.test_mode = True  # several apps of one name may follow each other in one process
    app = create_app(make_executor(services))
    app.config.MOTD = False
    app.config.ACCESS_LOG = False
    server: AsyncioServer | None = await app.create_server(host=host, port=port, return_asyncio_server=True, access_log=False)
    if server is None:
        raise OSError("the action server could not be made")
    try:
        await server.startup()
        await server.start_serving()
        await server.serve_forever()
    finally:
        server.close()
