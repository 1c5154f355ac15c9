"""The door of publication: feeds, and the road of a release from built to public."""

from groundpass.authority.publication.activity import use_activity
from groundpass.authority.publication.commands.assess import assess
from groundpass.authority.publication.commands.build import build
from groundpass.authority.publication.commands.create_feed import create_feed
from groundpass.authority.publication.commands.publish import publish
from groundpass.authority.publication.commands.refresh import refresh
from groundpass.authority.publication.domain.activity import Activity, Place
from groundpass.authority.publication.domain.report import Impact
from groundpass.authority.publication.models import Feed, Release
from groundpass.authority.publication.queries import (
    approval_request,
    entry_key_of,
    entry_keys_of,
    feeds,
    find_feed,
    find_release,
    impact_of,
    latest_published,
    log_key,
    notification_of,
    public_folder,
    published_between,
    releases,
    root_bytes,
    state_of,
    work_folder,
)

__all__ = [
    "Activity",
    "Feed",
    "Impact",
    "Place",
    "Release",
    "approval_request",
    "assess",
    "build",
    "create_feed",
    "entry_key_of",
    "entry_keys_of",
    "feeds",
    "find_feed",
    "find_release",
    "impact_of",
    "latest_published",
    "log_key",
    "notification_of",
    "public_folder",
    "publish",
    "published_between",
    "refresh",
    "releases",
    "root_bytes",
    "state_of",
    "use_activity",
    "work_folder",
]
