"""The Chalice application both HTTP functions are made of: one way in, one way out."""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from chalice.app import Chalice, ChaliceUnhandledError, Request, Response

from city311.api import watch
from city311.api.asked import Asked
from city311.api.manners import finished
from city311.domain.errors import CityError, TooMany

GREEDY = "{proxy+}"


Refuse = Callable[[CityError, Asked], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A part of the address space with manners of its own. ``tidy``: the path that was meant."""

    prefix: str
    refuse: Refuse
    tidy: Callable[[str, str], str] = lambda path, _accept: path
    headers: Mapping[str, str] = field(default_factory=dict)


class WrongMethod(CityError):
    """The resource exists and knows other methods."""

    status = 405


class WrongType(CityError):
    """The body has a Content-Type that the resource does not read."""

    status = 415


class Unexpected(CityError):
    """A fault of ours; the caller learns nothing but where to quote it from."""

    status = 500


class _Raised(ChaliceUnhandledError):
    """Carries what a view raised past Chalice, which would log its text and words of its own."""

    def __init__(self, problem: Exception) -> None:
        super().__init__()
        self.problem = problem


class Edge(Chalice):  # type: ignore[misc, unused-ignore]
    """Chalice with every answer in the caller's format, observed, and no environment at import.

    The first of ``spaces`` whose prefix fits the path answers for it.
    """

    def __init__(self, app_name: str, spaces: Sequence[Space]) -> None:
        super().__init__(app_name=app_name, configure_logs=False, env={})
        self.spaces = tuple(spaces)
        self.register_middleware(self._answered, "http")

    def route(self, path: str, **kwargs: Any) -> Callable[..., Any]:
        """Register a view for a path. Views are given bodies of every type unless they choose."""
        register = super().route(path, **{"content_types": [], **kwargs})

        def registered(view: Callable[..., Response]) -> Callable[..., Response]:
            @functools.wraps(view)
            def caught(**parameters: str) -> Response:
                try:
                    return view(**parameters)
                except Exception as problem:
                    raise _Raised(problem) from problem

            register(caught)
            return view

        return registered

    def serve(
        self,
        window: Callable[[], Any],
        views: Mapping[str, Callable[..., Response]],
        **kwargs: Any,
    ) -> None:
        """Register methods of a window, which is opened at the first request and not before."""
        for path, view in views.items():
            self.route(path, **kwargs)(self._served(window, view))

    def _served(
        self, window: Callable[[], Any], view: Callable[..., Response]
    ) -> Callable[..., Response]:
        @functools.wraps(view)
        def served(**parameters: str) -> Response:
            return view(window(), self.asked, **parameters)

        return served

    @property
    def asked(self) -> Asked:
        """The request that is being answered."""
        return Asked(cast(Request, self.current_request))

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer API Gateway (REST, proxy integration)."""
        method = event["requestContext"]["httpMethod"]
        answer: dict[str, Any] = super().__call__(self._understood(event), context)
        if method == "HEAD":
            answer["body"] = ""
        return answer

    def _understood(self, event: dict[str, Any]) -> dict[str, Any]:
        """The event as our routes know it: HEAD reads, and a sloppy path is the one it means."""
        context = dict(event["requestContext"])
        if context["httpMethod"] == "HEAD":
            context["httpMethod"] = "GET"
        understood = {**event, "requestContext": context}
        if context["resourcePath"].endswith(GREEDY):
            found = self._meant(event["path"], understood, context["httpMethod"])
            if found:
                context["resourcePath"], understood["pathParameters"] = found
            elif "ANY" in self.routes[context["resourcePath"]]:
                context["httpMethod"] = "ANY"
        return understood

    def _meant(
        self, path: str, event: dict[str, Any], method: str
    ) -> tuple[str, dict[str, str]] | None:
        accept = _header(event, "accept")
        tidy = self._space(path).tidy(path, accept)
        for pattern, views in self.routes.items():
            if method in views and GREEDY not in pattern:
                found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), tidy)
                if found:
                    return pattern, found.groupdict()
        return None

    def _space(self, path: str) -> Space:
        return next((s for s in self.spaces if path.startswith(s.prefix)), self.spaces[-1])

    def _answered(self, request: Request, get_response: Callable[[Request], Response]) -> Response:
        """The one way out: refusals in the caller's format, headers, one log line, the metrics."""
        asked = Asked(request)
        space = self._space(asked.path)
        try:
            response = get_response(request)
            if not isinstance(response.body, str):
                allow = str(response.headers.get("Allow") or "")
                response = space.refuse(_chalice_problem(response, request), asked)
                _say_what_is_allowed(response, allow)
        except _Raised as raised:
            problem = self._problem(raised.problem, asked)
            response = space.refuse(problem, asked)
            if isinstance(problem, TooMany):
                response.headers["Retry-After"] = str(problem.retry_after)
        response = finished(response, space.headers, request.headers, asked.request_id)
        watch.answered(self.app_name, request.path, response.status_code, asked.request_id)
        return response

    def _problem(self, problem: Exception, asked: Asked) -> CityError:
        if isinstance(problem, CityError):
            return problem
        watch.failed(self.app_name, problem, asked.request_id)
        return Unexpected(
            f"Something went wrong on our side. Try again, or call and quote {asked.request_id}."
        )


def _chalice_problem(response: Response, request: Request) -> CityError:
    """What Chalice refused by itself, as one of our errors."""
    if response.status_code == 405:
        return WrongMethod(f"This address does not understand {request.method}.")
    if response.status_code == 415:
        return WrongType("Send the body as application/json.")
    return Unexpected("Something went wrong on our side. Try again.")


def _say_what_is_allowed(response: Response, allow: str) -> None:
    # Open311 has no 405, and there the other function may know more methods of the same address.
    if allow and response.status_code == 405:
        response.headers["Allow"] = ", ".join(sorted(set(allow.split(", ")) - {"ANY"}))


def _header(event: Mapping[str, Any], name: str) -> str:
    headers: Mapping[str, str] = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), "")
