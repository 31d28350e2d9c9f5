"""The documents of `docs/`, served and searched."""

from pitchbar.core.features import Feature
from pitchbar.handbook import views

FEATURE = Feature(blueprints=(views.bp,), offers=views.offer_documents)
