from tests.bench.running import run


def test_the_crawl_bench_asks_for_each_page_once_and_for_robots_once_a_host() -> None:
    said = run("crawl", "--pages", "20", "--workers", "2", "--hosts", "2", "--pause", "0.02")
    assert said.count("20 pages in") == 2
    assert said.count("asked for 1 robots.txt, 1 sitemap.xml,\n  20 pages") == 1
    assert said.count("asked for 2 robots.txt, 2 sitemap.xml,\n  20 pages") == 1
