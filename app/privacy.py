"""A visitor's farewell: everything brought or made is deleted at once."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from app.origin import same_origin
from app.session import Sessions


def privacy_routes(sessions: Sessions) -> APIRouter:
    """The route that these visitors leave by."""
    router = APIRouter()

    @router.post("/viewer/{secret}/goodbye")
    def leave(secret: str, request: Request) -> Response:
        if sessions.get(secret) is None or not same_origin(request):
            raise HTTPException(404, "There is no such visitor.")
        sessions.dismiss(secret)
        return Response(status_code=204)

    return router
