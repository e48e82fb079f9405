"""All that the page's server answers: explorer, page, websocket and packaged files; Solara's other routes are closed.

Solara fetches, stores and deletes assets on a GET, follows links out of folders and tells of the machine
(``/resourcez``). So it sees only what the page needs, and files are served here, read-only.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from experiments.explorer.page import explorer_html

EXPLORER = "/explorer"
_WIDGETS = ("jupyter-vue", "jupyter-vuetify")  # nbextensions that the page loads


class PackagedFiles(StaticFiles):
    """Regular files that lie in a folder, links followed; whatever else is asked for is not found."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or HTTPException 404."""
        try:
            return await super().get_response(path, scope)
        except (HTTPException, OSError, ValueError) as error:  # a wrong method, a name no file can have
            raise HTTPException(404) from error


def packaged_folders() -> dict[str, Path]:
    """Folders of packaged files by the beginning of their addresses; Solara must have been set up."""
    from solara.server import server, settings  # noqa: PLC0415 - Solara reads its settings when it is loaded

    folders = {"/_solara/cdn": settings.assets.proxy_cache_dir}
    for name in _WIDGETS:
        places = [Path(place) / name for place in server.nbextensions_directories]
        folders |= {f"/jupyter/nbextensions/{name}": place for place in reversed(places) if place.is_dir()}
    return {**folders, "/static/assets": server.solara_static.parent / "assets", "/static": server.solara_static}


def explorer(_: Request) -> Response:
    """The explorer, with a way to the living market; it is kept nowhere."""
    return HTMLResponse(explorer_html(market="/"), headers={"Cache-Control": "no-store"})


def page_routes(solara_app: Starlette, folders: Mapping[str, Path]) -> Starlette:
    """The application of the page around Solara's."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with solara_app.router.lifespan_context(solara_app):
            yield

    app = Starlette(
        routes=[
            Route("/", solara_app, methods=["GET"]),
            Route(EXPLORER, explorer, methods=["GET"]),
            Route("/_solara/api/close/{kernel_id}", solara_app, methods=["POST"]),
            WebSocketRoute("/jupyter/api/kernels/{kernel_id}/channels", solara_app),
            *(Mount(prefix, PackagedFiles(directory=folder)) for prefix, folder in folders.items()),
        ],
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app
