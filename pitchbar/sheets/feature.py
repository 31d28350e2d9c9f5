"""Print sheets: codes on labels, table tents and posters."""

from pitchbar.core.features import Act, Feature
from pitchbar.sheets import api, subscribers, tasks, views

FEATURE = Feature(
    requires=("codes", "studio", "workspaces"),
    blueprints=(views.bp,),
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    subscribe=subscribers.register,
    acts=(Act("view", "print_sheets.index", "printer", "Print sheets"),),
)
