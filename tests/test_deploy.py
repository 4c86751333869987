"""What deploy/ says holds with the program, the settings and itself."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bots import find, kinds
from config.settings import Settings, load
from tests.torture.servers import missing, nats_binary

DEPLOY = Path(__file__).parents[1] / "deploy"
NODES = ("node1", "node2", "node3")
SERVERS = ("nats1", "nats2", "nats3")
INNER = ("/metrics", "/readyz", "/healthz")
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")
MEGABYTE = 1024 * 1024
HEADERS = 64 * 1024  # bytes of a hook beside its body: more than a provider sends
PINNED = re.compile(r"(?:\$\{\w+:-)?[\w./-]+:\d+\.\d+[\w.-]*\}?")


@cache
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@cache
def objects() -> dict[tuple[str, str], Any]:
    """Read every manifest; gives them by kind and name."""
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())["resources"]
    there = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")} - {"kustomization.yaml"}
    assert set(listed) == there
    texts = [(DEPLOY / "kubernetes" / name).read_text() for name in listed]
    read = [one for text in texts for one in yaml.safe_load_all(text)]
    found = {(one["kind"], one["metadata"]["name"]): one for one in read}
    assert len(found) == len(read)
    return found


def pod(kind: str, name: str) -> Any:
    return objects()[kind, name]["spec"]["template"]["spec"]


def variables() -> set[str]:
    """Name what tidings reads from its environment, whatever channel is on."""
    fields = [*Settings.model_fields.values()]
    for kind in kinds():
        fields += find(kind).Settings.model_fields.values()
    extras = [field.json_schema_extra for field in fields]
    return {str(one["env"]) for one in extras if isinstance(one, dict) and "env" in one} | {"TIDINGS_CONFIG"}


def nats_knobs(text: str) -> dict[str, str]:
    """Read what must be alike in every configuration of NATS."""
    names = ("sync_interval", "max_payload", "max_file_store", "store_dir", "name")
    return {name: re.findall(rf"^\s*{name}: (\S+)", text, re.MULTILINE)[0] for name in names}


def proxy(section: str) -> str:
    """Give one section of the proxy's configuration, without comments."""
    text = re.sub(r"\s*#.*", "", (DEPLOY / "haproxy.cfg").read_text())
    return re.split(r"^(?=\w)", text.partition(f"\n{section}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("name", [*NODES, *SERVERS, "postgres", "proxy"])
def test_every_service_has_a_pinned_image_restarts_and_has_time_to_stop(name: str) -> None:
    service = compose()["services"][name]
    assert PINNED.fullmatch(service["image"]), service["image"]
    assert service["restart"] == "unless-stopped"
    assert int(service["stop_grace_period"].removesuffix("s")) >= 15
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_compose_names_no_other_service() -> None:
    assert set(compose()["services"]) == {*NODES, *SERVERS, "postgres", "proxy"}


@pytest.mark.parametrize("knob", DURABLE)
def test_postgresql_is_told_to_sync_what_it_commits(knob: str) -> None:
    command = compose()["services"]["postgres"]["command"]
    assert command[command.index(knob) - 1] == "-c"


def test_postgresql_takes_the_connections_of_all_nodes_and_one_more() -> None:
    [most] = [one for one in compose()["services"]["postgres"]["command"] if "max_connections" in one]
    a_node = 10 + 10 + 2 + 1  # the pool and what it may add, the keeper's, the leases'
    assert int(most.partition("=")[2]) >= (len(NODES) + 1) * a_node


@pytest.mark.parametrize("name", NODES)
def test_a_node_is_without_rights_shares_its_files_and_waits_for_what_it_needs(name: str) -> None:
    node = compose()["services"][name]
    assert node["read_only"] is True
    assert node["cap_drop"] == ["ALL"]
    assert {one: needed["condition"] for one, needed in node["depends_on"].items()} == dict.fromkeys(
        ("postgres", *SERVERS), "service_healthy"
    )
    assert "files:/var/lib/tidings" in node["volumes"]
    assert set(node["networks"]) == {"front", "inner", "outside"}
    assert "ports" not in node


@pytest.mark.parametrize("name", NODES)
def test_a_node_is_given_only_what_tidings_reads_and_no_secret_in_the_file(name: str) -> None:
    node = compose()["services"][name]
    assert set(node["environment"]) <= variables()
    assert node["env_file"] == ["secrets/tidings.env"]
    assert not {"TIDINGS_SECRET_KEY", "TIDINGS_DATABASE", "TIDINGS_JOURNAL"} & set(node["environment"])


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_of_the_journal_has_its_own_name_and_disk_and_no_way_out(name: str) -> None:
    server = compose()["services"][name]
    assert server["environment"] == {"NATS_NAME": name}
    assert server["volumes"] == [f"{name}:/data", "./nats.conf:/etc/nats/nats.conf:ro"]
    assert server["networks"] == ["inner"]
    assert "8222/healthz" in " ".join(server["healthcheck"]["test"])


def test_only_the_proxy_is_reached_from_outside_and_what_keeps_things_has_no_way_out() -> None:
    services = compose()["services"]
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert compose()["networks"]["inner"] == {"internal": True}
    assert services["postgres"]["networks"] == ["inner"]


def test_everything_that_is_named_is_there() -> None:
    named: dict[str, set[str]] = {"volumes": set(), "networks": set(), "secrets": set()}
    for one in compose()["services"].values():
        named["volumes"] |= (
            {v.partition(":")[0] for v in one["volumes"] if not v.startswith(".")}
            if ("volumes" in one)
            else set()
        )
        named["networks"] |= set(one["networks"])
        named["secrets"] |= set(one.get("secrets", []))
    assert {kind: set(compose()[kind]) for kind in named} == named
    written = (DEPLOY / "make-secrets.sh").read_text()
    assert all(one["file"] in written for one in compose()["secrets"].values())


def test_no_secret_is_committed() -> None:
    assert (DEPLOY / ".gitignore").read_text() == "secrets/\n"


def test_the_shared_settings_are_read_and_believe_the_proxys_network() -> None:
    settings = load(DEPLOY / "tidings.toml", {}, kinds())
    [network] = settings.proxies
    assert str(network) == compose()["networks"]["front"]["ipam"]["config"][0]["subnet"]


def test_the_settings_of_kubernetes_are_read_and_keep_files_in_a_bucket(tmp_path: Path) -> None:
    path = tmp_path / "tidings.toml"
    path.write_text(objects()["ConfigMap", "tidings"]["data"]["tidings.toml"])
    settings = load(path, {}, kinds())
    assert settings.media.startswith("s3://")
    assert settings.proxies != Settings().proxies


CONFS: dict[str, Callable[[], str]] = {
    "compose": lambda: (DEPLOY / "nats.conf").read_text(),
    "kubernetes": lambda: objects()["ConfigMap", "nats"]["data"]["nats.conf"],
}


@pytest.mark.parametrize("where", CONFS)
def test_the_journal_syncs_every_write_and_takes_the_largest_hook(where: str) -> None:
    knobs = nats_knobs(CONFS[where]())
    assert knobs["sync_interval"] == "always"
    assert knobs["store_dir"] == '"/data"'
    most = int(knobs["max_payload"].removesuffix("MB")) * MEGABYTE
    largest = max(Settings().hook_bytes, *(find(kind).SPEC.hook_bytes for kind in kinds()))
    assert most >= largest + HEADERS
    assert most <= 8 * MEGABYTE, "NATS warns of more"


def test_both_configurations_of_the_journal_are_alike() -> None:
    one, other = (nats_knobs(text()) for text in CONFS.values())
    assert one == other


@pytest.mark.skipif(bool(missing()), reason=missing())
@pytest.mark.parametrize("where", CONFS)
def test_nats_takes_its_configuration(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    included = re.findall(r'include "(.*)"', CONFS[where]())
    conf = tmp_path / "a" / "b" / "nats.conf"
    users = conf.parent / included[0]
    users.parent.mkdir(parents=True, exist_ok=True)
    conf.parent.mkdir(parents=True, exist_ok=True)
    users.write_text('authorization { user: "tidings", password: "1e2" }\n')
    conf.write_text(CONFS[where]())
    monkeypatch.setenv("NATS_NAME", "nats1")
    monkeypatch.setenv("POD_NAME", "nats-0")
    told = subprocess.run([nats_binary(), "-t", "-c", conf], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize(
    ("section", "page", "tried"),
    [
        ("backend hooks", "/healthz", {"conn-failure", "empty-response", "response-timeout", "503"}),
        ("backend pages", "/readyz", {"conn-failure"}),
    ],
)
def test_the_proxy_asks_each_node_and_tries_again_only_what_is_safe(
    section: str, page: str, tried: set[str]
) -> None:
    text = proxy(section)
    assert f"http-check send meth GET uri {page}\n" in text
    assert "http-check expect status 200\n" in text
    assert set(re.findall(r"retry-on (.*)", text)[0].split()) == tried
    assert re.findall(r"server (\S+) (\S+)\n", text) == [(name, f"{name}:8080") for name in NODES]
    assert compose()["services"]["node1"]["environment"]["TIDINGS_PORT"] == "8080"


def test_the_proxy_says_who_asks_keeps_numbers_inside_and_writes_down_no_path() -> None:
    assert "option forwardfor\n" in proxy("defaults")
    assert f"deny deny_status 404 if {{ path {' '.join(INNER)} }}\n" in proxy("frontend world")
    log_format = re.findall(r"log-format (.*)", proxy("defaults"))[0]
    assert not re.search(r"%(?:HU|HP|HPO|HQ|r\b|\{)", log_format)


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is not installed")
def test_haproxy_takes_its_configuration(tmp_path: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=here", "-days", "1"]
    places = ["-keyout", f"{tmp_path}/one.pem.key", "-out", f"{tmp_path}/one.pem"]
    subprocess.run([*command, *places], check=True, capture_output=True)
    text = (DEPLOY / "haproxy.cfg").read_text().replace("/run/secrets/certificate.pem", f"{tmp_path}/one.pem")
    (tmp_path / "haproxy.cfg").write_text(text)
    told = subprocess.run(
        ["haproxy", "-c", "-f", tmp_path / "haproxy.cfg"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert set(re.findall(r"'server \w+/(\w+)' : could not resolve", told.stderr)) <= set(NODES)


def test_the_nodes_of_kubernetes_are_given_only_what_tidings_reads() -> None:
    [container] = pod("Deployment", "tidings")["containers"]
    assert {one["name"] for one in container["env"]} <= variables()
    from_secret = {one["name"] for one in container["env"] if "valueFrom" in one}
    assert from_secret == {"TIDINGS_DATABASE", "TIDINGS_JOURNAL", "TIDINGS_SECRET_KEY"}
    assert not [one["kind"] for one in objects().values() if one["kind"] == "Secret"]


@pytest.mark.parametrize(("kind", "name"), [("Deployment", "tidings"), ("StatefulSet", "nats")])
def test_a_pod_is_nobody_writes_nowhere_else_and_stands_on_a_machine_of_its_own(kind: str, name: str) -> None:
    spec = pod(kind, name)
    [container] = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False
    [apart] = spec["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert apart["topologyKey"] == "kubernetes.io/hostname"
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize(("kind", "name"), [("Deployment", "tidings"), ("StatefulSet", "nats")])
def test_labels_ports_and_volumes_agree(kind: str, name: str) -> None:
    one, spec = objects()[kind, name], pod(kind, name)
    [container] = spec["containers"]
    label = {"app.kubernetes.io/name": name}
    assert one["spec"]["selector"]["matchLabels"] == label
    assert one["spec"]["template"]["metadata"]["labels"] == label
    assert objects()["PodDisruptionBudget", name]["spec"]["selector"]["matchLabels"] == label
    assert objects()["PodDisruptionBudget", name]["spec"]["maxUnavailable"] == 1
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for service in (each for each in objects().values() if each["kind"] == "Service"):
        if service["spec"]["selector"] == label:
            assert {port["targetPort"] for port in service["spec"]["ports"]} <= set(ports)
    probes = [container[f"{probe}Probe"] for probe in ("startup", "readiness", "liveness")]
    assert {probe["httpGet"]["port"] for probe in probes} <= set(ports)
    claims = [claim["metadata"]["name"] for claim in one["spec"].get("volumeClaimTemplates", [])]
    volumes = {volume["name"] for volume in spec["volumes"]} | set(claims)
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes


def test_a_node_is_ready_by_the_database_and_alive_by_itself_and_ends_after_it_was_left_alone() -> None:
    spec = pod("Deployment", "tidings")
    [container] = spec["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["ports"] == [{"name": "http", "containerPort": 8080}]
    waits = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    probe = container["readinessProbe"]
    assert waits > probe["periodSeconds"] * probe["failureThreshold"]
    assert spec["terminationGracePeriodSeconds"] >= waits + 10
    assert objects()["Deployment", "tidings"]["spec"]["strategy"]["rollingUpdate"] == {
        "maxUnavailable": 0,
        "maxSurge": 1,
    }


def test_hooks_reach_nodes_that_live_and_pages_those_that_are_ready() -> None:
    assert objects()["Service", "tidings-hooks"]["spec"]["publishNotReadyAddresses"] is True
    assert "publishNotReadyAddresses" not in objects()["Service", "tidings"]["spec"]
    assert dict(_ways()) == {path: "tidings" for path, _ in _ways() if path != "/hooks"} | {
        "/hooks": "tidings-hooks"
    }


def test_the_world_reaches_every_page_and_no_inner_one() -> None:
    listed = {path for path, _ in _ways()}
    served = _served()
    assert len(served) > 8
    assert {path for path in served if path not in INNER} == listed
    assert not {"/", *INNER} & listed


@pytest.mark.parametrize("name", ["tidings", "nats"])
def test_nothing_comes_in_that_is_not_named(name: str) -> None:
    default = objects()["NetworkPolicy", "nothing-else"]["spec"]
    assert default == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    [container] = pod("StatefulSet" if name == "nats" else "Deployment", name)["containers"]
    ports = {port["containerPort"] for port in container["ports"]}
    policy = objects()["NetworkPolicy", name]["spec"]
    assert {port["port"] for rule in policy["ingress"] for port in rule["ports"]} == ports
    assert all(rule["from"] for rule in policy["ingress"])


def _ways() -> Iterator[tuple[str, str]]:
    for ingress in (one for one in objects().values() if one["kind"] == "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                assert path["pathType"] == "Prefix"
                service = path["backend"]["service"]
                assert ("Service", service["name"]) in objects()
                yield path["path"], service["name"]


def _served() -> set[str]:
    """Name the first part of every address that the house serves, as its sources write them."""
    inbox = DEPLOY.parent / "inbox"
    written = re.compile(
        r'web\.(?:get|post)\(\s*f?r?"(/\w+)|^(?:PREFIX|UNDER|\w+_PATH)\b.*= "(/\w+)|path = "(/\w+)/'
    )
    found: set[str] = set()
    for path in inbox.rglob("*.py"):
        for line in path.read_text().splitlines():
            found |= {one for match in written.findall(line) for one in match if one}
    return found
