"""An action on its way: who asked waits for the response, or for the list that follows it."""

import asyncio

from telephony.ami.protocol import ActionAnswered, ManagerEvent


class Question:
    """An action that waits for its response, or for the list that follows it."""

    def __init__(self, *, lists: bool) -> None:
        self.lists = lists
        self.listed: list[ManagerEvent] = []
        self.over: asyncio.Future[ActionAnswered] = asyncio.get_running_loop().create_future()
        self._answer: ActionAnswered | None = None

    def take(self, news: ActionAnswered | ManagerEvent) -> None:
        """Take the response, or one event of the list."""
        if isinstance(news, ActionAnswered):
            self._answer = news
            complete = not (self.lists and news.good)
        else:
            self.listed.append(news)
            complete = news.fields.get("EventList") == "Complete"
        if complete and self._answer is not None and not self.over.done():
            self.over.set_result(self._answer)
