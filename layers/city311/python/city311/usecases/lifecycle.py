"""The lifecycle's hands: start executions, keep their tokens, wake them, run their clocks."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from city311.domain.audit import Actor, Detail
from city311.domain.effects import CommandFields
from city311.domain.lifecycle import Command, Role, Status
from city311.domain.matching import decide
from city311.domain.request import Photo, ServiceRequest
from city311.domain.standing import Standing, due_at, first_standing, outlived, standing
from city311.ports import Executions, Tokens, WaitToken
from city311.usecases.changing import Changing

LIFECYCLE = Actor(role=Role.SYSTEM, subject="lifecycle")
MAX_SHOWN = 10
GRACE = timedelta(days=1)
"""Past every retry of every state that follows a wait."""


def generation_of(execution: str) -> int:
    """The generation that an execution's name tells: ``7H2K9MQ4X-g2`` -> 2."""
    return int(execution.rpartition("-g")[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """What the stream and the state machine ask for. Every verb may be repeated."""

    changing: Changing
    tokens: Tokens
    executions: Executions

    def hear(self, service_request_id: str, *, begin: bool) -> None:
        """A request has changed, or may have: bring its executions up to date with the table.

        The caller's record is a hint and may be late, doubled or out of order; only what the
        table says now counts. ``begin``: its execution may not have been started yet. Starting one
        that exists, and a token that is used up, are both success.
        """
        request = self.changing.requests.get(service_request_id)
        if begin:
            self._begin(request)
        if self._wake(request, request.generation):
            self._settle(request)

    def nudge(self, service_request_id: str) -> None:
        """It is overdue on the watch: start it if it was never started, wake it if it waits.

        A token that nobody waits under is dropped, so that ``renew`` finds a dead execution.
        """
        request = self.changing.requests.get(service_request_id)
        self._begin(request)
        kept = self.tokens.get(service_request_id, request.generation)
        if kept and self._complete(request, kept):
            self._settle(request)

    def _begin(self, request: ServiceRequest) -> None:
        self.executions.start(request.execution_name, request.service_request_id)
        # Hints may have been lost or overtaken: no earlier generation is left waiting.
        for earlier in range(1, request.generation):
            self._wake(request, earlier)

    def wait(self, service_request_id: str, execution: str, *, turn: int, token: str) -> None:
        """Keep the token of a state that waits, then read: an answer that is there ends the wait.

        In the other order an answer between the two would never be heard.
        """
        generation = generation_of(execution)
        kept = WaitToken(
            service_request_id=service_request_id, generation=generation, token=token, turn=turn
        )
        self.tokens.put(kept)
        request = self.changing.requests.get(service_request_id)
        current = request.generation == generation
        if not current or request.turn != turn or request.status is Status.CLOSED:
            self._complete(request, kept)
        if current:
            self._settle(request)

    def escalate(self, service_request_id: str, execution: str, *, turn: int) -> Standing:
        """A clock ran out. If it truly did and nobody moved, record it and name an owner."""
        request = self.changing.requests.get(service_request_id)
        generation, now = generation_of(execution), self.changing.clock()
        if request.generation != generation or request.turn != turn:
            return self._standing(request, generation, turn)
        if outlived(request, now):
            renewed = self.changing.take(request, self.changing.doing(Command.CONTINUE, LIFECYCLE))
            return self._standing(renewed, generation, turn)
        if request.status is Status.RESOLVED or due_at(request, self.changing.city) > now:
            # Raised before, perhaps by this very task whose answer was lost: the owner is told
            # again, under the same event id, which lets them drop the second.
            event = "escalated" if request.escalation else "none"
            return replace(self._standing(request, generation, turn), event=event)
        details: dict[str, Detail] = {"escalation": request.escalation + 1}
        doing = self.changing.doing(Command.ESCALATE, LIFECYCLE, details=details)
        raised = self.changing.take(request, doing)
        return replace(self._standing(raised, generation, turn), event="escalated")

    def close(self, service_request_id: str, execution: str, *, turn: int) -> Standing:
        """Close what nobody disputed; what was confirmed, or moved on, stays as it is."""
        request = self.changing.requests.get(service_request_id)
        generation = generation_of(execution)
        untouched = request.generation == generation and request.turn == turn
        if request.status is Status.RESOLVED and untouched:
            request = self.changing.take(request, self.changing.doing(Command.CLOSE, LIFECYCLE))
        if request.status is Status.CLOSED and request.generation == generation:
            self._settle(request)
        return self._standing(request, generation, turn)

    def hand_over(self, service_request_id: str, execution: str) -> Standing:
        """Triage did not answer: a person triages it, whatever it is."""
        request = self.changing.requests.get(service_request_id)
        if request.status is Status.RECEIVED:
            city = self.changing.city
            likely = decide(request, city, ())
            person = replace(likely, needs_person="Automatic triage did not answer.")
            fields = CommandFields(decision=person)
            doing = self.changing.doing(Command.REVIEW, LIFECYCLE, fields)
            request = self.changing.take(request, doing)
        return first_standing(
            request,
            self.changing.city,
            generation=generation_of(execution),
            now=self.changing.clock(),
        )

    def show_photo(self, service_request_id: str, photo: Photo) -> None:
        """A photo of a request was developed: show it, once."""
        request = self.changing.requests.get(service_request_id)
        if photo in request.shown or len(request.shown) >= MAX_SHOWN:
            return
        fields = CommandFields(photo=photo)
        self.changing.take(request, self.changing.doing(Command.SHOW_PHOTO, LIFECYCLE, fields))

    def renew(self, service_request_id: str) -> None:
        """Its execution is gone without a word: the next generation takes over from the table.

        One that waits after all is only woken; what is closed needs no execution any more.
        """
        request = self.changing.requests.get(service_request_id)
        kept = self.tokens.get(service_request_id, request.generation)
        if request.status is Status.CLOSED or (kept and self._complete(request, kept)):
            self._settle(request)
        else:
            self.changing.take(request, self.changing.doing(Command.CONTINUE, LIFECYCLE))

    def _wake(self, request: ServiceRequest, generation: int) -> bool:
        """Complete the wait of a generation if it has one and is behind. True: it has heard."""
        kept = self.tokens.get(request.service_request_id, generation)
        if kept is None:
            return False
        if request.generation != generation or request.turn > kept.turn:
            return self._complete(request, kept)
        return True

    def _complete(self, request: ServiceRequest, kept: WaitToken) -> bool:
        """End the wait. False: nobody waited under this token any more, so nobody has heard."""
        output = self._standing(request, kept.generation, kept.turn).as_output()
        heard = self.executions.succeed(kept.token, output)
        self.tokens.drop(kept)
        return heard

    def _settle(self, request: ServiceRequest) -> None:
        """It has heard. Look again when it should have moved by itself and has not: it died."""
        closed = request.status is Status.CLOSED
        until = None if closed else self._next_look(request)
        self.changing.requests.settle(
            request.service_request_id, request.turn, request.generation, until=until
        )

    def _next_look(self, request: ServiceRequest) -> datetime:
        now = self.changing.clock()
        wait = self._standing(request, request.generation, request.turn).wait_seconds
        return now + timedelta(seconds=wait) + GRACE

    def _standing(self, request: ServiceRequest, generation: int, turn: int) -> Standing:
        return standing(
            request,
            self.changing.city,
            generation=generation,
            handled=turn,
            now=self.changing.clock(),
        )
