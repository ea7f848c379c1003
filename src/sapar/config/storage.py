"""Where files lie: in a folder, or in a bucket of an S3-compatible store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def file_storage(said: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """The storage as Django wants to hear of it. Nothing in a bucket is ever public or written twice."""
    bucket = said.get("SAPAR_S3_BUCKET", "")
    if not bucket:
        return {
            "BACKEND": "sapar.files.folder.WholeFiles",
            "OPTIONS": {"location": folder},
        }
    from botocore.config import Config  # only where files go to a bucket

    endpoint = said.get("SAPAR_S3_ENDPOINT", "")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "region_name": said.get("SAPAR_S3_REGION") or None,
            "access_key": said.get("SAPAR_S3_KEY") or None,
            "secret_key": said.get("SAPAR_S3_SECRET") or None,
            "location": said.get("SAPAR_S3_PREFIX", ""),
            "default_acl": "private",
            "file_overwrite": False,
            "querystring_auth": True,
            "querystring_expire": 60,
            "client_config": Config(
                signature_version="s3v4",
                # Stores other than AWS rarely answer to names like bucket.host.
                s3={"addressing_style": "path"} if endpoint else None,
                # A person waits before the page: a store that is down is told within seconds.
                connect_timeout=4,
                read_timeout=30,
                retries={"mode": "standard", "total_max_attempts": 2},
            ),
        },
    }
