"""No module imports another that imports it, however far around; imports in functions count too."""

import grimp


def circles_in(imports: dict[str, set[str]]) -> set[str]:
    """The modules that stand in a circle, or between two: whoever imports nobody and whoever is
    imported by nobody is taken away until nobody is.
    """
    left = dict(imports)
    while True:
        imported = set().union(*left.values()) if left else set()
        kept = {
            name: theirs & left.keys()
            for name, theirs in left.items()
            if theirs & left.keys() and name in imported
        }
        if kept == left:
            return set(kept)
        left = kept


def test_a_circle_is_found_however_long_it_is() -> None:
    chain = {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set()}
    assert circles_in(chain) == set()
    assert circles_in(chain | {"c": {"b", "d"}}) == {"b", "c"}


def test_no_imports_go_round_in_a_circle() -> None:
    graph = grimp.build_graph("pitchbar", cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(imports) > 100
    assert circles_in(imports) == set()
