"""Arrays in a binary glTF 2.0 file (GLB): one buffer, and accessors that say where each array lies."""

import json
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float32, Int32, Shaped

from core.errors import UnreadableAvatar
from core.formats.checks import MAX_STILL_SPLATS
from core.formats.untrusted_json import member, parse_json, whole

_PREFIX, _CHUNK = struct.Struct("<4sII"), struct.Struct("<I4s")
_MAGIC, _JSON, _BIN = b"glTF", b"JSON", b"BIN\0"
_MAX_JSON_BYTES = 16 << 20

_COMPONENTS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_CODES = {np.dtype(name): code for code, name in _COMPONENTS.items()}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_TYPES = {width: name for name, width in _WIDTHS.items()}
_VERTICES = 34962


@dataclass
class GlbWriter:
    """Collects arrays into one buffer; grows with every call."""

    _views: list[dict[str, Any]] = field(default_factory=list)
    _accessors: list[dict[str, Any]] = field(default_factory=list)
    _parts: list[bytes] = field(default_factory=list)
    _size: int = 0

    def accessor(
        self,
        values: Shaped[np.ndarray, "n k"],
        *,
        vertices: bool = False,
        normalized: bool = False,
        bounds: bool = False,
    ) -> int:
        """The number of a new accessor of ``n`` elements of ``k`` components.

        Args:
            values: of one of glTF's types.
            vertices: whether it is an attribute of vertices.
            normalized: whether whole numbers stand for the range from -1, or 0, to 1.
            bounds: whether to state the smallest and largest values, as glTF wants it of positions.
        """
        view = self.view(values, **({"target": _VERTICES} if vertices else {}))
        return self._add(
            values.shape, values.dtype, values if bounds else None, bufferView=view, **_if(normalized=normalized)
        )

    def sparse(self, count: int, rows_view: int, rows_code: int, values: Float32[np.ndarray, "m k"]) -> int:
        """The number of a new accessor of ``count`` elements that are zero except at some rows.

        Args:
            count: elements in all.
            rows_view: the view with the ascending numbers of those rows.
            rows_code: glTF's code for the type of those numbers.
            values: at those rows.
        """
        shape = (count, values.shape[1])
        # Where not every row is named, zero is among the values.
        seen = values if len(values) == count else np.concatenate([values, np.zeros((1, values.shape[1]), np.float32)])
        if not len(values):
            return self._add(shape, values.dtype, seen)
        entry = {
            "count": len(values),
            "indices": {"bufferView": rows_view, "componentType": rows_code},
            "values": {"bufferView": self.view(values)},
        }
        return self._add(shape, values.dtype, seen, sparse=entry)

    def view(self, values: np.ndarray, **properties: int) -> int:
        """The number of a new stretch of the buffer with these values in it, starting at a multiple of 4."""
        data = np.ascontiguousarray(values).tobytes()
        self._views.append({"buffer": 0, "byteOffset": self._size, "byteLength": len(data), **properties})
        padded = data + bytes(-len(data) % 4)
        self._parts.append(padded)
        self._size += len(padded)
        return len(self._views) - 1

    def pack(self, document: dict[str, Any]) -> bytes:
        """The file: ``document`` with the accessors, views and buffer added."""
        whole_document = document | {
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": self._size}],
        }
        text = json.dumps(whole_document, allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode()
        text += b" " * (-len(text) % 4)
        body = b"".join(self._parts)
        size = _PREFIX.size + 2 * _CHUNK.size + len(text) + len(body)
        chunks = (_CHUNK.pack(len(text), _JSON), text, _CHUNK.pack(len(body), _BIN), body)
        return _PREFIX.pack(_MAGIC, 2, size) + b"".join(chunks)

    def _add(self, shape: tuple[int, ...], dtype: np.dtype, seen: np.ndarray | None, **properties: Any) -> int:
        accessor = {"componentType": _CODES[dtype], "count": shape[0], "type": _TYPES[shape[1]], **properties}
        if seen is not None:
            accessor |= {"min": seen.min(0).tolist(), "max": seen.max(0).tolist()}
        self._accessors.append(accessor)
        return len(self._accessors) - 1


def code_of(dtype: np.dtype) -> int:
    """The number by which glTF calls the type of a component."""
    return _CODES[dtype]


@dataclass(frozen=True)
class Glb:
    """A GLB that was read; its parts are looked at only when asked for."""

    document: dict[str, Any]
    """The JSON, unchecked."""
    body: memoryview
    """The buffer."""

    def accessor(self, number: Any, width: int, count: int | None = None) -> Float32[np.ndarray, "n k"]:
        """The numbers of a plain accessor, whole ones brought to [-1, 1] if it is normalized.

        Args:
            number: of the accessor, unchecked.
            width: how many components it must have.
            count: how many elements it must have; any by default.

        Raises:
            UnreadableAvatar: if there is no such accessor, it does not fit, or lies outside the file.
        """
        raw = self._entry("accessors", number)
        if member(raw, "sparse") is not None or member(raw, "type") != _TYPES[width]:
            raise UnreadableAvatar("The file has splats of a layout that cannot be read here.")
        found = whole(member(raw, "count"), 1, MAX_STILL_SPLATS, "number of elements")
        if count is not None and found != count:
            raise UnreadableAvatar("The file is damaged: its attributes differ in length.")
        values = self._values(raw, member(raw, "componentType"), found, width)
        if member(raw, "normalized") is True and values.dtype.kind in "iu":
            return np.maximum(values / np.float32(np.iinfo(values.dtype).max), -1).astype(np.float32)
        return values.astype(np.float32)

    def sparse(self, number: Any, width: int, count: int) -> tuple[Int32[np.ndarray, " m"], Float32[np.ndarray, "m k"]]:
        """The rows that a sparse accessor over zeros names, ascending, and its numbers there.

        Args:
            number: of the accessor, unchecked.
            width: how many components it must have.
            count: how many elements it must have.

        Raises:
            UnreadableAvatar: if there is no such accessor, it does not fit, or lies outside the file.
        """
        raw = self._entry("accessors", number)
        fits = member(raw, "bufferView") is None and member(raw, "componentType") == _CODES[np.dtype("<f4")]
        if not fits or member(raw, "type") != _TYPES[width] or member(raw, "count") != count:
            raise UnreadableAvatar("The file has morph targets of a layout that cannot be read here.")
        entry = member(raw, "sparse")
        if entry is None:
            return np.zeros(0, np.int32), np.zeros((0, width), np.float32)
        m = whole(member(entry, "count"), 1, count, "number of changes")
        indices = member(entry, "indices")
        rows = self._values(indices, member(indices, "componentType"), m, 1)[:, 0]
        if rows.dtype.kind != "u" or rows[-1] >= count or not (rows[:-1] < rows[1:]).all():
            raise UnreadableAvatar("The file is damaged: an expression moves splats that do not exist.")
        values = self._values(member(entry, "values"), _CODES[np.dtype("<f4")], m, width)
        return rows.astype(np.int32), values.astype(np.float32)

    def _values(self, raw: Any, code: Any, count: int, width: int) -> np.ndarray:
        """``count`` elements of ``width`` components where ``raw`` points; looks, and takes no memory."""
        view = self._entry("bufferViews", member(raw, "bufferView"))
        if type(code) is not int or code not in _COMPONENTS or member(view, "buffer") != 0:
            raise UnreadableAvatar("The file keeps its splats in a way that cannot be read here.")
        dtype = np.dtype(_COMPONENTS[code])
        size = len(self.body)
        start = whole(member(view, "byteOffset") or 0, 0, size, "place in the file")
        length = whole(member(view, "byteLength"), 1, size - start, "length in the file")
        inside = whole(member(raw, "byteOffset") or 0, 0, length, "place in the file")
        stride = whole(member(view, "byteStride") or width * dtype.itemsize, width * dtype.itemsize, 252, "stride")
        if inside + stride * (count - 1) + width * dtype.itemsize > length:
            raise UnreadableAvatar("The file is damaged: its splats lie outside of it.")
        return np.ndarray((count, width), dtype, self.body, start + inside, (stride, dtype.itemsize))

    def _entry(self, table: str, number: Any) -> Any:
        """An entry of one of the document's lists."""
        entries = member(self.document, table)
        if not isinstance(entries, list) or type(number) is not int or not 0 <= number < len(entries):
            raise UnreadableAvatar("The file is damaged: it points to data that it does not hold.")
        return entries[number]


def parse_glb(data: bytes) -> Glb:
    """The JSON and the buffer of a GLB.

    Raises:
        UnreadableAvatar: if it is not a GLB, is damaged, too large, or of another version.
    """
    if len(data) < _PREFIX.size + _CHUNK.size or not data.startswith(_MAGIC):
        raise UnreadableAvatar("This is not a binary glTF file.")
    _, version, size = _PREFIX.unpack_from(data)
    if version != 2:
        raise UnreadableAvatar(f"The file has glTF version {version}; this program reads version 2.")
    text_bytes, kind = _CHUNK.unpack_from(data, _PREFIX.size)
    text_start = _PREFIX.size + _CHUNK.size
    body_start = text_start + text_bytes + _CHUNK.size
    if size != len(data) or kind != _JSON or text_bytes > _MAX_JSON_BYTES or body_start > len(data):
        raise UnreadableAvatar("The file is damaged: its parts have the wrong length.")
    body_bytes, kind = _CHUNK.unpack_from(data, body_start - _CHUNK.size)
    if kind != _BIN or body_bytes > len(data) - body_start:
        raise UnreadableAvatar("The file is damaged: its parts have the wrong length.")
    document = parse_json(data[text_start : text_start + text_bytes])
    if not isinstance(document, dict):
        raise UnreadableAvatar("The file is damaged: its header is not a glTF document.")
    return Glb(document, memoryview(data)[body_start : body_start + body_bytes])


def _if(**flags: bool) -> dict[str, bool]:
    """Those flags that are set: glTF leaves out the others."""
    return {name: value for name, value in flags.items() if value}
