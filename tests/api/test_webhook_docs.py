"""The verifying code of docs/webhooks.md, each language where its runtime is, and the specification's own
library: all against the published vector, and against what the server really sends."""

import importlib.util
import json
import re
import shutil
import subprocess

import pytest

from support import node
from support.project import Project, address
from support.receiver import OPEN_LOOPBACK, Receiver, add_webhook
from support.server import ROOT

SERVER = {"outbound": OPEN_LOOPBACK}

# Published with the specification's reference libraries.
VECTOR = {
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "headers": {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
                "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    "body": '{"test": 2432232314}', "now": 1614265330}
SIGNATURE = VECTOR["headers"]["webhook-signature"]


def with_headers(case, **changes):
    names = {name.replace("_", "-"): value for name, value in changes.items()}
    return case | {"headers": case["headers"] | names}


GOOD = {
    "as published": VECTOR,
    "without the prefix": VECTOR | {"secret": VECTOR["secret"].removeprefix("whsec_")},
    "one of several": with_headers(VECTOR, webhook_signature=f"v1,AAAA v1a,BBBB {SIGNATURE} v2,x"),
    "a while ago": VECTOR | {"now": VECTOR["now"] + 299},
    "a bit ahead": VECTOR | {"now": VECTOR["now"] - 299},
}
BAD = {
    "old": VECTOR | {"now": VECTOR["now"] + 301},
    "from the future": VECTOR | {"now": VECTOR["now"] - 301},
    "another body": VECTOR | {"body": '{"test": 2432232315}'},
    "another id": with_headers(VECTOR, webhook_id="msg_other"),
    "another time": with_headers(VECTOR, webhook_timestamp="1614265331"),
    "no time": with_headers(VECTOR, webhook_timestamp=""),
    "time with words": with_headers(VECTOR, webhook_timestamp="1614265330x"),
    "no signature": with_headers(VECTOR, webhook_signature=""),
    "half a signature": with_headers(VECTOR, webhook_signature=SIGNATURE[:10]),
    "empty signature": with_headers(VECTOR, webhook_signature="v1,"),
    "another version": with_headers(VECTOR, webhook_signature=SIGNATURE.replace("v1", "v2")),
    "another secret": VECTOR | {"secret": "whsec_" + "A" * 32},
}


def code_of(language):
    """The block of docs/webhooks.md in a language."""
    text = (ROOT / "docs/webhooks.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"```{language}\n(.*?)```", text, re.S)
    assert len(blocks) == 1, f"docs/webhooks.md has {len(blocks)} blocks of {language}"
    return blocks[0]


def verdicts_of_python(tmp_path, cases):
    file = tmp_path / "verify.py"
    file.write_text(code_of("python"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("verify", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [module.is_genuine(case["secret"], case["headers"], case["body"].encode(), case["now"])
            for case in cases]


def verdicts_of_typescript(tmp_path, cases):
    script = node.run("transpile.mjs", code_of("ts")) + f"""
for (const one of {json.dumps(cases)}) {{
  console.log(isGenuine(one.secret, one.headers, one.body, one.now));
}}"""
    file = tmp_path / "verify.mjs"
    file.write_text(script, encoding="utf-8")
    return lines_of(["node", str(file)])


def verdicts_of_php(tmp_path, cases):
    file = tmp_path / "verify.php"
    file.write_text(code_of("php") + """
foreach (json_decode(file_get_contents('php://stdin'), true) as $one) {
    echo is_genuine($one['secret'], $one['headers'], $one['body'], $one['now']) ? "true\\n" : "false\\n";
}""", encoding="utf-8")
    return lines_of(["php", str(file)], json.dumps(cases))


def verdicts_of_go(tmp_path, cases):
    (tmp_path / "go.mod").write_text("module webhook\n\ngo 1.19\n", encoding="utf-8")
    (tmp_path / "verify.go").write_text(code_of("go"), encoding="utf-8")
    (tmp_path / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    (tmp_path / "verify_test.go").write_text("""package webhook

import ("encoding/json"; "fmt"; "net/http"; "os"; "testing"; "time")

func TestCases(t *testing.T) {
	text, _ := os.ReadFile("cases.json")
	var cases []struct {
		Secret, Body string
		Headers map[string]string
		Now int64
	}
	json.Unmarshal(text, &cases)
	for _, one := range cases {
		header := http.Header{}
		for name, value := range one.Headers { header.Set(name, value) }
		fmt.Println(IsGenuine(one.Secret, header, []byte(one.Body), time.Unix(one.Now, 0)))
	}
}
""", encoding="utf-8")
    done = subprocess.run(["go", "test", "-v", "./..."], cwd=tmp_path, capture_output=True,
                          text=True, check=True, timeout=300)
    return [line == "true" for line in done.stdout.splitlines() if line in ("true", "false")]


def verdicts_of_cpp(tmp_path, cases):
    quoted = ["{" + ", ".join([
        f'R"_({case["secret"]})_"', *(f'R"_({case["headers"][name]})_"' for name in (
            "webhook-id", "webhook-timestamp", "webhook-signature")),
        f'R"_({case["body"]})_"', f'{case["now"]}LL']) + "}" for case in cases]
    (tmp_path / "verify.cpp").write_text(code_of("cpp") + """
#include <cstdio>
#include <vector>
struct Case { std::string secret, id, timestamp, signature, body; long long now; };
int main()
{
    const std::vector<Case> cases{""" + ",\n".join(quoted) + """};
    for (const auto& one : cases) {
        std::puts(is_genuine(one.secret, {one.id, one.timestamp, one.signature}, one.body, one.now)
                      ? "true" : "false");
    }
}
""", encoding="utf-8")
    program = tmp_path / "verify"
    subprocess.run(["g++", "-std=c++20", "-Wall", "-Werror", "-o", str(program),
                    str(tmp_path / "verify.cpp"), "-lcrypto"], check=True, timeout=300)
    return lines_of([str(program)])


def lines_of(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 0, done.stderr
    return [line == "true" for line in done.stdout.splitlines()]


@pytest.mark.parametrize("verdicts, runtime", [
    (verdicts_of_python, "python3"), (verdicts_of_typescript, "npm"), (verdicts_of_php, "php"),
    (verdicts_of_go, "go"), (verdicts_of_cpp, "g++")],
    ids=["python", "typescript", "php", "go", "cpp"])
def test_the_code_of_the_documentation_verifies(tmp_path, verdicts, runtime):
    if shutil.which(runtime) is None:
        pytest.skip(f"{runtime} is not on this machine")
    cases = GOOD | BAD
    told = dict(zip(cases, verdicts(tmp_path, list(cases.values())), strict=True))
    assert told == {name: name in GOOD for name in cases}


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not on this machine")
def test_the_specifications_library_takes_what_the_server_sends(api, tmp_path):
    project = Project(api)
    receiver = Receiver()
    made = add_webhook(project, receiver.url)
    secrets = [made["secret"]]
    project.log_in(address())
    receiver.wait_for("login.completed")
    secrets.append(api.post(f"/webhooks/{made['webhook_id']}/rotate-secret").data["secret"])
    project.log_in(address())
    receiver.wait_for("login.completed", 2)
    receiver.close()

    hooks = list(receiver.hooks)
    rotated = [hook for hook in hooks if " " in hook.headers["webhook-signature"]]
    assert len(hooks) >= 8 and rotated
    cases = [(secrets[0], hook, "ok") for hook in hooks]
    cases += [(secrets[1], hook, "ok" if hook in rotated else "refused") for hook in hooks]
    lines = [json.dumps({"secret": secret, "body": hook.body.decode(), "headers": {
        name: hook.headers[name] for name in ("webhook-id", "webhook-timestamp",
                                              "webhook-signature")}})
             for secret, hook, _ in cases]
    lines.append(json.dumps(json.loads(lines[0]) | {"body": "{}"}))
    told = node.run("verify.mjs", "\n".join(lines) + "\n").split()
    assert told == [verdict for *_, verdict in cases] + ["refused"]
