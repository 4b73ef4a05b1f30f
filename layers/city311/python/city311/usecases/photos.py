"""Photos: a slot to upload into, and what became of the upload."""

from dataclasses import dataclass

from city311.domain.errors import FieldProblem, InvalidInput
from city311.domain.ids import Dice, new_secret
from city311.domain.request import Photo
from city311.ports import PhotoRecords, UploadForm, Uploads

CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")
MAX_BYTES = 12 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSlots:
    """The hatch of the quarantine: photos go in, nothing comes out."""

    uploads: Uploads
    dice: Dice

    def slot(self, content_type: str) -> UploadForm:
        """A form for one upload of exactly this type. InvalidInput for a type we cannot show."""
        return self.uploads.form(new_secret(self.dice), _known(content_type))

    def store(self, content_type: str, content: bytes) -> str:
        """Put a photo that came inside a post into quarantine; returns its photo id."""
        kind = _known(content_type)
        if not 0 < len(content) <= MAX_BYTES:
            raise InvalidInput(
                FieldProblem(field="media", advice="Send a photo of at most 12 MB.", reason="size")
            )
        photo_id = new_secret(self.dice)
        self.uploads.put(photo_id, kind, content)
        return photo_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Darkroom:
    """Where the photo function says what it made of an upload."""

    records: PhotoRecords

    def developed(self, photo: Photo) -> None:
        """It may be served. The first result of a photo id counts."""
        self.records.clean(photo)

    def refused(self, photo_id: str, problem: str) -> None:
        """It is not a photo we can serve, and why."""
        self.records.refuse(photo_id, problem)


def _known(content_type: str) -> str:
    kind = content_type.split(";")[0].strip().lower()
    if kind not in CONTENT_TYPES:
        names = ", ".join(CONTENT_TYPES)
        raise InvalidInput(
            FieldProblem(field="content_type", advice=f"Send one of: {names}.", reason="type")
        )
    return kind
