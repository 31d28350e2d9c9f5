"""Crawling: pages of other people's sites, read politely. It knows no workspace."""

from pitchbar.core.features import Feature
from pitchbar.crawling import tasks, views

FEATURE = Feature(blueprints=(views.bp,), tasks=(tasks,))
