"""deploy/grafana and deploy/prometheus against the metrics of a running server.

The server is made to do what brings the metrics into being that are there only once something happened: a limit refuses, a
webhook is tried, a face worker is lost. Then everything that an expression names has to exist."""

import base64
import io
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml
from PIL import Image

from promql import OWN_LABELS, groupings, read_exposition, selectors
from support.client import Client, wait_for
from support.face_workers import end, need_models, workers
from support.project import Project, address
from support.receiver import OPEN_LOOPBACK, Receiver, add_webhook
from support.server import ROOT, Server

RULES = ROOT / "deploy/prometheus/accessd.rules.yaml"
SCRAPING = ROOT / "deploy/prometheus/prometheus.yaml"
DASHBOARD = ROOT / "deploy/grafana/accessd.json"
# Values that a healthy server never shows.
RARE = {"status": re.compile(r"[1-5]\d\d")}


def rules():
    return [rule for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def panels():
    return [panel for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"] if panel["type"] != "row"]


def plain(expression):
    """Without Grafana's variables."""
    return expression.replace("$__rate_interval", "5m").replace("$instance", ".*")


EXPRESSIONS = ({f"alert {rule['alert']}": rule["expr"] for rule in rules()}
               | {f"panel {panel['title']} {target['refId']} {panel['id']}": plain(target["expr"])
                  for panel in panels() for target in panel["targets"]})


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    """{metric: [labels]} of a server on which everything happened that leaves a metric."""
    need_models()
    server = Server(tmp_path_factory.mktemp("accessd"), outbound=OPEN_LOOPBACK, biometrics={"enabled": True, "workers": 1})
    with server:
        api = Client(server).log_in(*server.create_key())
        project, receiver = Project(api), Receiver()
        add_webhook(project, receiver.url)
        email = address()
        sent = [project.send(email) for _ in range(6)]
        project.verify(email, project.code(email), sent[0].data["validation_id"])
        receiver.wait_for("login.completed")
        wait_for(lambda: len(workers(server)) == 2, 60)
        detected = api.post("/biometric/detect", {"face_image": grey_picture()})
        assert detected.status in (200, 422), detected
        end(workers(server)[0])

        def metrics():
            return api.get("/metrics", listener="operations", token=None).text
        wait_for(lambda: "accessd_face_workers_lost_total" in metrics(), 60)
        receiver.close()
        return read_exposition(metrics())


def grey_picture():
    """One without a face; it is looked at all the same."""
    content = io.BytesIO()
    Image.new("RGB", (320, 240), (120, 120, 120)).save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_all_that_an_expression_names_exists(series, name):
    expression = EXPRESSIONS[name]
    asked = selectors(expression)
    assert asked, "it asks for nothing of accessd's"
    known_labels = set(OWN_LABELS)
    for selector in asked:
        if selector.name == "up":
            continue
        assert selector.name in series, f"accessd has no metric {selector.name}"
        labels = {label for one in series[selector.name] for label in one}
        known_labels |= labels
        unknown = {label for label, _, _ in selector.matchers} - labels - OWN_LABELS
        assert not unknown, f"{selector.name} has no label {unknown}"
        rare = [(label, value) for label, _, value in selector.matchers if label in RARE]
        assert all(RARE[label].fullmatch(value) for label, value in rare)
        common = type(selector)(selector.name, [one for one in selector.matchers if one[0] not in RARE])
        assert any(common.is_met_by(one) for one in series[selector.name]), \
            f"no series of {selector.name} has {selector.matchers}: is it a value that accessd never says?"
    assert groupings(expression) <= known_labels, "it groups by a label that nothing has"


@pytest.mark.parametrize("broken", [
    'rate(accessd_http_request_total[5m])', 'accessd_http_requests_total{path="/"}', 'sum by (host) (accessd_http_connections)',
    'accessd_http_errors_total{code="STORE_UNAVAIL"}', 'accessd_deliveries_total{outcome=~"failed.*"}'])
def test_the_test_above_finds_mistakes(series, broken, monkeypatch):
    monkeypatch.setitem(EXPRESSIONS, "broken", broken)
    with pytest.raises(AssertionError):
        test_all_that_an_expression_names_exists(series, "broken")


def test_every_metric_is_drawn_and_described(series):
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in series if name.startswith("accessd_")}
    drawn = {re.sub(r"_bucket$", "", one.name) for panel in panels() for target in panel["targets"]
             for one in selectors(plain(target["expr"]))}
    assert families - drawn == set(), "deploy/grafana/accessd.json doesn't draw these"
    text = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    assert {name for name in families if f"`{name}" not in text} == set(), "docs/operate.md doesn't tell of these"


def test_every_alarm_leads_to_what_to_do():
    text = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (Accessd\w+)$", text, re.M)
    assert headings == [rule["alert"] for rule in rules()]
    for rule in rules():
        assert rule["annotations"]["runbook"] == f"docs/operate.md#{rule['alert'].lower()}"
        assert rule["annotations"]["summary"] and rule["labels"]["severity"] in ("page", "warn")
        section = text.split(f"### {rule['alert']}\n")[1].split("\n#")[0]
        assert "**Do:**" in section


def test_the_dashboard_can_be_imported():
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    for panel in panels():
        assert panel["datasource"]["uid"] == "${datasource}", "whoever imports it chooses the Prometheus"
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24 and panel["title"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(places) == len(set(places)), "two panels on one place"


def test_prometheus_scrapes_what_the_alarms_ask_for():
    scraping = yaml.safe_load(SCRAPING.read_text(encoding="utf-8"))
    assert scraping["rule_files"] == [RULES.name]
    assert [job["job_name"] for job in scraping["scrape_configs"]] == ["accessd"]


def test_prometheus_takes_the_rules():
    """Where promtool is installed (Debian: prometheus). Without it the expressions are only read as above."""
    promtool = os.environ.get("ACCESSD_PROMTOOL") or shutil.which("promtool")
    if not promtool:
        pytest.skip("promtool is not installed")
    for what in (["rules", RULES], ["config", SCRAPING]):
        done = subprocess.run([promtool, "check", *what], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
