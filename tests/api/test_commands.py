"""The command line, as an operator meets it: what it prints, where, and the exit status."""

import json
import os
import stat
import subprocess
import tomllib

import pytest

from support.server import Server, find_program

OK, FAILED, USAGE = 0, 1, 2
COMMANDS = ["", "serve", "init", "config", "config check", "config print", "config reference",
            "key", "key create", "key list", "key revoke", "backup", "restore", "rekey", "doctor", "migrate",
            "version"]


class Shell:
    """Runs the program in a folder of its own, without what the surroundings say to it."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("ACCESSD_")}

    def __call__(self, line="", *more, **environment):
        return subprocess.run([find_program(), *line.split(), *more], cwd=self.folder,
                              env=self.environment | environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, check=False)

    def ok(self, line, *more, **environment):
        done = self(line, *more, **environment)
        assert done.returncode == OK, done.stdout + done.stderr
        return done.stdout

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def shell(tmp_path):
    return Shell(tmp_path)


@pytest.fixture
def ready(shell):
    """A folder in which init was run."""
    shell.ok("init")
    return shell


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


# Help, and words that aren't commands

@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(shell, command):
    done = shell(f"{command} --help")

    assert done.returncode == OK
    assert "Usage: accessd" in done.stdout and f"accessd {command}".strip() in done.stdout
    assert "Examples:\n  " in done.stdout
    assert done.stderr == ""


def test_help_names_every_command(shell):
    text = shell.ok("help")
    for command in COMMANDS:
        assert command.split(" ")[0] in text


@pytest.mark.parametrize("command", ["", "config", "key"])
def test_a_missing_command_is_an_error_that_lists_what_there_is(shell, command):
    done = shell(command)

    assert done.returncode == USAGE
    assert done.stdout == "" and "Subcommands:" in done.stderr


@pytest.mark.parametrize("typed, meant", [
    ("srve", "accessd serve"), ("keys list", "accessd key"), ("config prnt", "accessd config print"),
    ("key crate --name x", "accessd key create"), ("Init", "accessd init")])
def test_a_mistyped_command_suggests_the_nearest(shell, typed, meant):
    done = shell(typed)

    assert done.returncode == USAGE
    assert done.stdout == ""
    assert f"Did you mean '{meant}'?" in done.stderr


def test_an_unknown_command_suggests_nothing_it_cant_know(shell):
    done = shell("frobnicate")

    assert done.returncode == USAGE
    assert "there is no command 'accessd frobnicate'" in done.stderr
    assert "Did you mean" not in done.stderr


@pytest.mark.parametrize("typed, meant", [
    ("key create --nme x --all-projects", "--name"),
    ("key create --name x --all-project", "--all-projects"),
    ("serve --prot 80", "--port"), ("config check --confg x", "--config")])
def test_a_mistyped_option_suggests_the_nearest(shell, typed, meant):
    done = shell(typed)

    assert done.returncode == USAGE
    assert f"Did you mean {meant}?" in done.stderr


@pytest.mark.parametrize("typed, part", [
    ("key create --all-projects", "--name is required"),
    ("key create --name x", "say what the key is for"),
    ("key create --name x --project prj_1 --all-projects", "say what the key is for"),
    ("key create --all-projects --name x --scope acces", "some of access, manage, read"),
    ("key create --all-projects --name", "--name"),
    ("key revoke", "id is required"),
    ("version now", "now")])
def test_a_wrong_use_is_told_from_a_failure(shell, typed, part):
    done = shell(typed)

    assert done.returncode == USAGE
    assert part in done.stderr and "accessd" in done.stderr
    assert done.stdout == ""
    assert list(shell.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["", "x" * 61, "two\nlines"])
def test_a_key_needs_a_name_that_fits_a_line(shell, name):
    done = shell("key create --all-projects --name", name)

    assert done.returncode == USAGE
    assert "1 to 60 characters" in done.stderr


def test_an_empty_project_is_not_all_projects(shell):
    done = shell("key create --name x --project", "")

    assert done.returncode == USAGE
    assert "say what the key is for" in done.stderr


# Version

def test_version_is_for_people_and_for_programs(shell):
    told = json.loads(shell.ok("version --json"))

    assert shell.ok("version") == f"accessd {told['version']} ({told['commit']})\n"
    assert shell.ok("--version") == shell.ok("version")


def test_output_that_cant_be_written_is_a_failure(shell):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([find_program(), "version"], cwd=shell.folder, stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=60, check=False)

    assert done.returncode == FAILED
    assert "standard output can't be written" in done.stderr


# Init

def test_init_makes_what_a_server_needs_for_its_owner_only(shell):
    text = shell.ok("init")

    folder = shell.folder
    assert mode_of(folder / "accessd.toml") == 0o600
    assert mode_of(folder / "accessd-data") == 0o700
    assert mode_of(folder / "accessd-data/master.key") == 0o600
    assert "accessd key create --name shop" in text and "accessd serve" in text
    assert "accessd.toml is fine" in shell.ok("config check")


def test_init_keeps_what_there_is(ready):
    files = [ready.folder / "accessd.toml", ready.folder / "accessd-data/master.key"]
    ready.write("accessd.toml", "[server]\nport = 9000\n")
    before = [file.read_bytes() for file in files]

    text = ready.ok("init")

    assert [file.read_bytes() for file in files] == before
    assert text.count("kept  ") == 3 and "made" not in text


def test_init_writes_where_it_is_told(shell):
    (shell.folder / "etc").mkdir()

    text = shell.ok("init --config etc/my.toml --data-dir var/lib/data")

    assert (shell.folder / "var/lib/data/master.key").exists()
    assert not (shell.folder / "accessd.toml").exists()
    assert tomllib.loads((shell.folder / "etc/my.toml").read_text())["store"] == {
        "data_dir": "var/lib/data"}
    assert "accessd serve --config etc/my.toml" in text


def test_init_doesnt_pretend_to_change_a_configuration_that_exists(ready):
    done = ready("init --data-dir elsewhere")

    assert done.returncode == USAGE
    assert "Change store.data_dir in accessd.toml" in done.stderr
    assert not (ready.folder / "elsewhere").exists()


def test_init_makes_no_new_key_for_data_that_has_lost_its_own(ready):
    ready.ok("migrate")
    key = ready.folder / "accessd-data/master.key"
    key.unlink()

    done = ready("init")

    assert done.returncode == FAILED
    assert "no master key file" in done.stderr
    assert not key.exists()


def test_init_leaves_the_key_of_the_environment_where_it_is(shell):
    text = shell.ok("init", ACCESSD_MASTER_KEY="A" * 43)

    assert "ACCESSD_MASTER_KEY" in text
    assert list((shell.folder / "accessd-data").iterdir()) == []


def test_init_says_why_it_cant_write(shell):
    done = shell("init --config no/such/folder/accessd.toml")

    assert done.returncode == FAILED
    assert "no/such/folder/accessd.toml can't be written" in done.stderr


# Configuration

def test_config_check_names_every_problem_at_once(shell):
    shell.write("accessd.toml", "[server]\nprot = 80\nworkers = 0\n[smtp]\nhost = 'mail'\n")

    done = shell("config check", ACCESSD_LOG_LEVEL="loud", ACCESSD_SOMETHING_ELSE="x")

    assert done.returncode == USAGE
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 5
    assert lines[0] == ("accessd: accessd.toml:2: server.prot: there is no such setting; did you "
                        "mean server.port?")
    assert lines[1].startswith("accessd: accessd.toml:3: server.workers = 0: must be a whole")
    assert lines[2].startswith("accessd: ACCESSD_LOG_LEVEL: log.level = \"loud\": must be one of")
    assert lines[3].startswith("accessd: accessd.toml:5: smtp.from: is missing")
    assert lines[4] == "accessd: 4 problems with the configuration"


def test_config_check_warns_of_what_is_seldom_wanted(shell):
    done = shell("config check", ACCESSD_SERVER_ADDRESS="0.0.0.0")

    assert done.returncode == OK
    assert "warning: ACCESSD_SERVER_ADDRESS: server.public_url: is empty" in done.stderr
    assert "is fine" in done.stdout


@pytest.mark.parametrize("command", [
    "serve", "config check", "config print", "key list", "key revoke key_1", "migrate",
    "key create --name x --all-projects"])
def test_every_command_refuses_a_configuration_that_is_wrong(shell, command):
    done = shell(f"{command} --config none.toml")

    assert done.returncode == USAGE
    assert "none.toml: can't be read: No such file or directory" in done.stderr
    assert list(shell.folder.iterdir()) == []


def test_serve_checks_its_flags_like_settings(shell):
    done = shell("serve --port eighty")

    assert done.returncode == USAGE
    assert "--port: server.port = \"eighty\": must be a whole number" in done.stderr


def test_config_print_shows_values_and_their_sources(shell):
    shell.write("accessd.toml", "[server]\nport = 1001\nworkers = 7\n"
                                "[smtp]\nuser = 'u'\npassword = 'hunter2'\n")

    text = shell.ok("config print", ACCESSD_SERVER_PORT="1002")

    assert "port = 1002  # ACCESSD_SERVER_PORT\n" in text
    assert "workers = 7  # accessd.toml:3\n" in text
    values = tomllib.loads(text)
    assert values["smtp"]["password"] == "***" and "hunter2" not in text
    shell.write("again.toml", text)
    assert tomllib.loads(shell.ok("config print --config again.toml")) == values


def test_the_file_is_found_by_flag_then_variable_then_place(shell):
    for name, port in (("accessd.toml", 1), ("variable.toml", 2), ("flag.toml", 3)):
        shell.write(name, f"server.port = {port}\n")

    def port(line, **environment):
        return tomllib.loads(shell.ok(line, **environment))["server"]["port"]

    assert port("config print") == 1
    assert port("config print", ACCESSD_CONFIG="variable.toml") == 2
    assert port("config print --config flag.toml", ACCESSD_CONFIG="variable.toml") == 3


def test_config_reference_explains_what_config_print_prints(shell):
    page = shell.ok("config reference")

    for section, values in tomllib.loads(shell.ok("config print")).items():
        assert f"## [{section}]\n" in page
        for name in values:
            assert f"| `{name}` | " in page


# Keys and the store

def test_a_key_is_made_listed_and_revoked(ready):
    done = ready("key create --name shop --all-projects --json")
    assert done.returncode == OK
    assert "shown this once" in done.stderr
    made = json.loads(done.stdout)

    assert made["client_id"] == made["key_id"] and made["key_id"].startswith("key_")
    assert made["client_secret"].startswith("sk_")
    assert made["scope"] == "access read" and made["project_id"] is None

    listed = json.loads(ready.ok("key list --json"))
    assert [key["key_id"] for key in listed] == [made["key_id"]]
    assert listed[0]["revoked_at"] is None and "client_secret" not in listed[0]
    assert made["client_secret"] not in ready.ok("key list")

    assert made["key_id"] in ready.ok(f"key revoke {made['key_id']}")
    assert json.loads(ready.ok("key list --json"))[0]["revoked_at"] is not None
    assert "revoked" in ready.ok("key list")


def test_a_key_for_people_shows_its_parts_on_lines_of_their_own(ready):
    text = ready.ok("key create --name", "caf\u00e9 two", "--all-projects", "--scope", "manage,read")

    lines = dict(line.split(None, 1) for line in text.splitlines())
    assert lines["client_id"].startswith("key_") and lines["client_secret"].startswith("sk_")
    assert lines["scope"] == "manage read" and lines["projects"] == "all"
    assert ready.ok("key list").splitlines()[1].endswith("caf\u00e9 two")


def test_a_list_without_keys_says_how_to_make_one(ready):
    ready.ok("migrate")

    assert "accessd key create" in ready.ok("key list")
    assert json.loads(ready.ok("key list --json")) == []


def test_unknown_keys_and_projects_are_failures(ready):
    for command, part in (("key revoke key_none", "There is no key key_none"),
                          ("key create --name x --project prj_none", "There is no project prj_none")):
        done = ready(command)
        assert (done.returncode, done.stdout) == (FAILED, "")
        assert part in done.stderr


def test_looking_for_keys_makes_no_store(shell):
    for command in ("key list", "key revoke key_1"):
        done = shell(f"{command} --data-dir nowhere")
        assert done.returncode == FAILED
        assert "There is no data folder nowhere. Run accessd init" in done.stderr
    assert list(shell.folder.iterdir()) == []


def test_migrate_tells_what_it_did(ready):
    assert "The store is new, at version " in ready.ok("migrate")
    assert " already, which is this release's." in ready.ok("migrate")


def test_a_running_server_keeps_its_store_from_migrate(tmp_path):
    with Server(tmp_path) as server:
        done = server.run("migrate", check=False)
        assert (done.returncode, done.stdout) == (FAILED, "")
        assert str(server.process.pid) in done.stderr
