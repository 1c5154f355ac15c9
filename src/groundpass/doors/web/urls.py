"""Every page, by role. tests/web/test_permissions.py holds each of them against each role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path
from django.views.i18n import set_language

from groundpass.doors.web import feeds, plain
from groundpass.doors.web.auditor import views as auditor
from groundpass.doors.web.citizen import views as citizen
from groundpass.doors.web.clerk import views as clerk
from groundpass.doors.web.effect import views as effect
from groundpass.doors.web.engineer import views as engineer
from groundpass.doors.web.officer import releases, rules, territories
from groundpass.doors.web.reviewer import views as reviewer

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", citizen.front, name="front"),
    path("check/", citizen.check, name="check"),
    path("home/", plain.home, name="home"),
    path("effect/", effect.effect, name="effect"),
    path("clerk/register/", clerk.submit, name="clerk-register"),
    path("clerk/receipts/<uuid:application>/", clerk.receipt, name="clerk-receipt"),
    path("reviewer/queue/", reviewer.queue, name="reviewer-queue"),
    path("reviewer/applications/<uuid:application>/", reviewer.application, name="reviewer-application"),
    path("reviewer/applications/<uuid:application>/approve/", reviewer.approve, name="reviewer-approve"),
    path("reviewer/applications/<uuid:application>/refuse/", reviewer.refuse, name="reviewer-refuse"),
    path("officer/territories/", territories.territories, name="officer-territories"),
    path("officer/territories.geojson", territories.as_geojson, name="officer-territories-geojson"),
    path("officer/territories/import/", territories.import_territory, name="officer-territory-import"),
    path("officer/rules/", rules.rules, name="officer-rules"),
    path("officer/rules/propose/", rules.propose, name="officer-propose"),
    path("officer/rules/<int:number>/", rules.ruleset, name="officer-ruleset"),
    path("officer/rules/<int:number>/approve/", rules.approve, name="officer-ruleset-approve"),
    path("officer/rules/<int:number>/withdraw/", rules.withdraw, name="officer-ruleset-withdraw"),
    path("officer/releases/", releases.releases, name="officer-releases"),
    path("officer/releases/<slug:feed>/build/", releases.build, name="officer-build"),
    path("officer/releases/<slug:feed>/<int:serial>/", releases.release, name="officer-release"),
    path("officer/releases/<slug:feed>/<int:serial>/assess/", releases.assess, name="officer-assess"),
    path("officer/releases/<slug:feed>/<int:serial>/publish/", releases.publish, name="officer-publish"),
    path(
        "officer/releases/<slug:feed>/<int:serial>/approval-request.json",
        releases.approval_request,
        name="officer-approval-request",
    ),
    path("operator/feeds/", engineer.feeds, name="engineer-feeds"),
    path("operator/feeds/<slug:name>/", engineer.feed, name="engineer-feed"),
    path("operator/feeds/<slug:name>/reports/", engineer.report, name="engineer-report"),
    path("feeds/<slug:name>/<path:path>", feeds.feed_file, name="feed-file"),
    path("auditor/events/", auditor.events, name="auditor-events"),
    path("auditor/chain/", auditor.verify, name="auditor-verify"),
    path("accounts/", include("groundpass.doors.web.account_urls")),
    path("language/", set_language, name="set_language"),
    path("healthz", plain.healthz, name="healthz"),
]
