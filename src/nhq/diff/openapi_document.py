"""An OpenAPI document as the diff reads it."""

from nhq.decoding import decode_document
from nhq.diff.change_records import ComparedDocument
from nhq.errors import ConfigError


def parse_openapi(raw: bytes, name: str) -> ComparedDocument:
    """The document that some bytes hold; `name` stands for it in messages.

    Raises ConfigError, with one line, for what is neither JSON nor YAML, or no OpenAPI 3 document.
    """
    content = decode_document(raw, name)
    if not isinstance(content, dict) or not isinstance(content.get("openapi"), str):
        said = "Swagger 2.0" if isinstance(content, dict) and "swagger" in content else "no OpenAPI document"
        raise ConfigError(f"{name}: {said}; `openapi: 3.x` is read")
    if not content["openapi"].startswith("3."):
        raise ConfigError(f"{name}: OpenAPI {content['openapi']} is not supported; 3.0 and 3.1 are")
    if not isinstance(content.get("paths", {}), dict):
        raise ConfigError(f"{name}: `paths` is not an object")
    return ComparedDocument(name, content)
