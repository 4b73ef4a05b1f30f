"""The quarantine in S3: forms for browsers, and photos that came inside a post."""

from typing import TYPE_CHECKING

from city311.adapters.aws import translated
from city311.adapters.uploading import FORM_LIFE, LARGEST_PHOTO, upload_key
from city311.ports import Clock, UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


class S3Uploads:
    """Presigned POSTs: exact key, exact type, a size range, fifteen minutes."""

    def __init__(self, client: "S3Client", bucket: str, clock: Clock) -> None:
        self._client = client
        self._bucket = bucket
        self._clock = clock

    def form(self, photo_id: str, content_type: str) -> UploadForm:
        """A form to upload one photo with. Signed here: no call to AWS."""
        expires_at = self._clock() + FORM_LIFE
        form = self._client.generate_presigned_post(
            self._bucket,
            upload_key(photo_id),
            Fields={"Content-Type": content_type},
            Conditions=[
                {"Content-Type": content_type},
                ["content-length-range", 1, LARGEST_PHOTO],
            ],
            ExpiresIn=int(FORM_LIFE.total_seconds()),
        )
        return UploadForm(
            photo_id=photo_id,
            url=form["url"],
            fields=form["fields"],
            expires_at=expires_at,
            max_bytes=LARGEST_PHOTO,
        )

    def put(self, photo_id: str, content_type: str, content: bytes) -> None:
        """Store bytes that came inside a multipart post."""
        with translated():
            self._client.put_object(
                Bucket=self._bucket,
                Key=upload_key(photo_id),
                ContentType=content_type,
                Body=content,
            )
