#include "app/commands.h"

#include "app/administrator_commands.h"
#include "app/calibrate_command.h"
#include "app/command_tree.h"
#include "app/config_commands.h"
#include "app/data_commands.h"
#include "app/doctor_command.h"
#include "app/face_commands.h"
#include "app/face_workers.h"
#include "app/init_command.h"
#include "app/key_commands.h"
#include "app/man_page.h"
#include "app/models_commands.h"
#include "app/project_commands.h"
#include "app/serve.h"
#include "app/shell_completion.h"
#include "app/terminal.h"
#include "app/version.h"
#include "base/log.h"
#include "config/nearest.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace accessd::app {
namespace {

/// Values of --dev where nothing else was chosen.
void apply_dev_defaults(config::Loaded& loaded)
{
    if (!loaded.origins.contains("server.docs")) loaded.config.server.docs = true;
    if (!loaded.origins.contains("log.level")) loaded.config.log.level = log::Level::Info;
    if (!loaded.origins.contains("log.format")) loaded.config.log.format = log::Format::Text;
}

int serve_with(const ConfigChoice& choice, bool is_dev)
{
    auto loaded = load_config(choice);
    if (!loaded) return kExitUsage;
    print_warnings(*loaded);
    if (is_dev) apply_dev_defaults(*loaded);
    const auto read = [choice, is_dev]() -> std::optional<config::Config> {
        auto again = load_config(choice);
        if (!again) return std::nullopt;
        if (is_dev) apply_dev_defaults(*again);
        return again->config;
    };
    return serve(loaded->config, is_dev, read);
}

int print_version(Output output)
{
    if (output == Output::Json) {
        const nlohmann::json json{{"version", version()}, {"commit", commit()}};
        print_out(json.dump(2) + "\n");
    } else {
        print_out("accessd " + std::string{version()} + " (" + std::string{commit()} + ")\n");
    }
    return kExitOk;
}

CommandOption option_of(const CLI::Option& option)
{
    CommandOption made;
    made.is_positional = option.get_positional();
    made.name =
        option.get_lnames().empty() ? option.get_name() : "--" + option.get_lnames().front();
    // Flags take no value. CLI11 says TEXT where nobody gave the value a name.
    if (option.get_items_expected_max() > 0) made.value = option.get_type_name();
    made.about = option.get_description();
    return made;
}

/// The command line: what there is to say, and what was said.
class CommandLine {
public:
    CommandLine();

    /// The command that was asked for, or the exit status of saying why there is none.
    int run(int argc, char** argv);

private:
    void add_serve();
    void add_init();
    void add_config();
    void add_key();
    void add_admin();
    void add_data();
    void add_faces();
    void add_enrolled();
    void add_rest();
    void add_completion();
    void add_project();
    CLI::App* add(CLI::App& parent, const char* name, const char* about, const char* examples,
                  std::function<int()> action);
    void add_config_file(CLI::App& command);
    void add_data_dir(CLI::App& command, const char* about);
    void add_json(CLI::App& command);

    std::optional<int> refuse_unknown_word(int argc, char** argv) const;
    int explain(const CLI::ParseError& error) const;
    Output output() const { return is_json_ ? Output::Json : Output::Text; }

    CLI::App app_{"accessd: a server for logins without passwords", "accessd"};
    std::function<int()> chosen_;
    ConfigChoice config_;
    KeyWish key_;
    std::string key_id_;
    AdminWish admin_;
    CalibrateWish calibrate_;
    std::string file_;
    std::string project_;
    ApplyOptions apply_;
    std::string copy_from_;
    std::string copy_to_;
    bool is_replacing_ = false;
    store::DestroyedLists destroyed_;
    bool is_dev_ = false;
    bool is_json_ = false;
    bool is_version_ = false;
};

CommandLine::CommandLine()
{
    app_.footer("Examples:\n"
                "  accessd serve --dev                try it on this machine, with a test project\n"
                "  accessd init                       set up a server\n"
                "  accessd serve                      run it\n"
                "Every command explains itself: accessd key create --help\n\n"
                "The configuration is the file named by --config or ACCESSD_CONFIG, else\n"
                "./accessd.toml, else /etc/accessd/accessd.toml, else defaults. Environment\n"
                "variables such as ACCESSD_SERVER_PORT win over it, and options over those.\n\n"
                "Exit status: 0 done, 1 failed, 2 wrong command line or configuration");
    app_.add_flag("--version", is_version_, "Print the version");
    add_serve();
    add_init();
    add_config();
    add_key();
    add_admin();
    add_data();
    add_faces();
    add_enrolled();
    add_rest();
    add_completion();
    add_project();
}

CLI::App* CommandLine::add(CLI::App& parent, const char* name, const char* about,
                           const char* examples, std::function<int()> action)
{
    auto* command = parent.add_subcommand(name, about);
    command->footer(std::string{"Examples:\n"} + examples);
    if (action) command->callback([this, action = std::move(action)] { chosen_ = action; });
    return command;
}

void CommandLine::add_config_file(CLI::App& command)
{
    command.add_option("--config", config_.file, "Configuration file")->type_name("FILE");
}

void CommandLine::add_data_dir(CLI::App& command, const char* about)
{
    command.add_option("--data-dir", config_.data_dir, about)->type_name("DIR");
}

void CommandLine::add_json(CLI::App& command)
{
    command.add_flag("--json", is_json_, "Print JSON");
}

void CommandLine::add_serve()
{
    auto* command = add(app_, "serve", "Run the server until it is told to stop",
                        "  accessd serve\n"
                        "  accessd serve --config /etc/accessd/accessd.toml\n"
                        "  accessd serve --dev --port 8081 --data-dir try-out",
                        [this] { return serve_with(config_, is_dev_); });
    add_config_file(*command);
    command->add_flag("--dev", is_dev_, "For a try: test project, key, quick start, /docs");
    command->add_option("--port", config_.port, "In place of server.port")->type_name("N");
    add_data_dir(*command, "In place of store.data_dir");
}

void CommandLine::add_init()
{
    auto* command =
        add(app_, "init", "Write a configuration, make data folder and master key",
            "  accessd init\n"
            "  accessd init --config /etc/accessd/accessd.toml --data-dir /var/lib/accessd\n\n"
            "What exists is kept. Run it as the user accessd will run as: nobody else can read\n"
            "what it makes.",
            [this] { return init(config_); });
    command->add_option("--config", config_.file, "Where to write the configuration [accessd.toml]")
        ->type_name("FILE");
    add_data_dir(*command, "Data folder to make and to write into the configuration");
}

void CommandLine::add_config()
{
    auto* group = add(app_, "config", "Check and show the configuration",
                      "  accessd config check\n"
                      "  ACCESSD_SERVER_PORT=9000 accessd config print",
                      nullptr);
    auto* check = add(*group, "check", "Name everything that is wrong with it, at once",
                      "  accessd config check --config accessd.toml",
                      [this] { return check_config(config_); });
    auto* print = add(*group, "print", "Show every value in effect, and where it comes from",
                      "  accessd config print\n"
                      "  accessd config print > now.toml",
                      [this] { return print_config(config_); });
    for (auto* command : {check, print}) add_config_file(*command);
    add(*group, "reference", "Explain every setting, as Markdown",
        "  accessd config reference > configure.md", print_config_reference);
}

void CommandLine::add_key()
{
    auto* group = add(app_, "key", "Make, list and revoke the keys of customers' software",
                      "  accessd key create --name shop --all-projects\n"
                      "  accessd key list",
                      nullptr);
    auto* create = add(*group, "create", "Make a key; its secret is shown once",
                       "  accessd key create --name shop --all-projects\n"
                       "  accessd key create --name reports --scope read --project prj_...\n"
                       "  accessd key create --name setup --scope \"access manage\" --all-projects "
                       "--json",
                       [this] { return create_key(config_, key_, output()); });
    key_.scope = "access read";
    create->add_option("--name", key_.name, "What people know it by")
        ->required()
        ->type_name("NAME");
    create->add_option("--scope", key_.scope, "Some of access, manage and read [access read]")
        ->type_name("WORDS");
    create->add_option("--project", key_.project_id, "Id of the one project it is for")
        ->type_name("PROJECT");
    create->add_flag("--all-projects", key_.is_for_all_projects, "It is for all projects");
    auto* list = add(*group, "list", "List all keys, the newest first",
                     "  accessd key list\n"
                     "  accessd key list --json",
                     [this] { return list_keys(config_, output()); });
    auto* revoke =
        add(*group, "revoke", "End a key and every token made from it",
            "  accessd key revoke key_...", [this] { return revoke_key(config_, key_id_); });
    revoke->add_option("id", key_id_, "Of the key: key_...")->required()->type_name("ID");
    for (auto* command : {create, list}) add_json(*command);
    for (auto* command : {create, list, revoke}) {
        add_config_file(*command);
        add_data_dir(*command, "In place of store.data_dir");
    }
}

void CommandLine::add_admin()
{
    auto* group = add(app_, "admin", "Invite, list and remove the people who administer",
                      "  accessd admin invite --email eva@example.com --role owner\n"
                      "  accessd admin list",
                      nullptr);
    auto* invite = add(*group, "invite", "Make an admin; prints a link that signs in once",
                       "  accessd admin invite --email eva@example.com --role owner\n"
                       "  accessd admin invite --email max@example.com --role viewer --projects "
                       "prj_...,prj_...",
                       [this] { return invite_admin(config_, admin_, output()); });
    invite->add_option("--role", admin_.role, "owner, editor or viewer")->required();
    invite->add_option("--projects", admin_.projects, "Ids with commas between [all]");
    invite->add_option("--name", admin_.name, "What people call them");
    auto* link = add(*group, "link", "Print a link that signs in once, within 15 minutes",
                     "  accessd admin link --email eva@example.com",
                     [this] { return link_admin(config_, admin_.email, output()); });
    auto* list = add(*group, "list", "List all admins, the newest first", "  accessd admin list",
                     [this] { return list_admins(config_, output()); });
    auto* remove = add(*group, "remove", "Remove an admin, and sign them out everywhere",
                       "  accessd admin remove --email eva@example.com",
                       [this] { return remove_admin(config_, admin_.email); });
    auto* drop = add(*group, "drop-factor",
                     "Take an admin's authenticator app away: it and the recovery codes are lost",
                     "  accessd admin drop-factor --email eva@example.com",
                     [this] { return drop_admin_factor(config_, admin_.email); });
    for (auto* command : {invite, link, remove, drop}) {
        command->add_option("--email", admin_.email, "Who they are")->required();
    }
    for (auto* command : {invite, link, list}) add_json(*command);
    for (auto* command : {invite, link, list, remove, drop}) {
        add_config_file(*command);
        add_data_dir(*command, "In place of store.data_dir");
    }
}

void CommandLine::add_data()
{
    auto* copy = add(app_, "backup", "Copy the store into a new file, also while the server runs",
                     "  accessd backup /var/backups/accessd-monday.db\n"
                     "  accessd backup monday.db --json",
                     [this] { return backup(config_, file_, output()); });
    copy->add_option("file", file_, "To make; never overwritten")->required()->type_name("FILE");
    add_json(*copy);
    auto* group = add(
        app_, "store", "Move everything to another store",
        "  accessd store copy --from sqlite:accessd-data --to postgres:postgresql://...", nullptr);
    auto* move = add(*group, "copy", "Copy every row into an empty store; stop the servers first",
                     "  accessd store copy --from sqlite:/var/lib/accessd --to "
                     "postgresql://accessd@db.internal/accessd\n"
                     "  Run again after an end in the middle, it goes on from there.",
                     [this] { return copy_store(copy_from_, copy_to_, output()); });
    move->add_option("--from", copy_from_, "sqlite:FOLDER or postgres:URL")->required();
    move->add_option("--to", copy_to_, "sqlite:FOLDER or postgres:URL")->required();
    add_json(*move);
    auto* put_back =
        add(app_, "restore", "Put a backup in the store's place; stop the server first",
            "  accessd restore monday.db\n"
            "  accessd restore monday.db --replace\n"
            "  accessd restore --destroyed-faces kept.list    after PostgreSQL's own tools",
            [this] { return restore(config_, file_, is_replacing_, destroyed_); });
    put_back
        ->add_option(
            "file", file_,
            "Made by accessd backup; none where PostgreSQL's tools brought the database back")
        ->type_name("FILE");
    put_back->add_flag("--replace", is_replacing_,
                       "Also where there is a store, whose file is then kept aside");
    put_back
        ->add_option("--destroyed-faces", destroyed_.file,
                     "List of faces destroyed since, besides the data folder's own")
        ->type_name("FILE");
    put_back->add_flag("--without-destroyed-faces", destroyed_.may_be_missing,
                       "Also where no such list is left: erased people's faces come back");
    auto* renew = add(app_, "rekey", "Make a new master key; stop the server first",
                      "  accessd rekey\n"
                      "  accessd rekey --new-master-key-file /etc/accessd/master-2.key",
                      [this] { return rekey(config_, file_); });
    renew
        ->add_option("--new-master-key-file", file_,
                     "Where to write it; else it takes the old one's place")
        ->type_name("FILE");
    auto* look = add(app_, "doctor", "Look at everything that logins need and say what to mend",
                     "  accessd doctor\n"
                     "  accessd doctor --json",
                     [this] { return doctor(config_, output()); });
    add_json(*look);
    for (auto* command : {copy, put_back, renew, look}) {
        add_config_file(*command);
        add_data_dir(*command, "In place of store.data_dir");
    }
}

void CommandLine::add_faces()
{
    auto* models = add(app_, "models", "Look at the face models, try them, add your own",
                       "  accessd models check\n"
                       "  accessd models add my-embedder.json",
                       nullptr);
    auto* list = add(*models, "list", "Say which models are set, and whether their files are there",
                     "  accessd models list", [this] { return list_models(config_, output()); });
    auto* check = add(*models, "check", "Load the models and compare known answers",
                      "  accessd models check", [this] { return check_models(config_, output()); });
    auto* add_own = add(*models, "add", "Check a manifest of own models, and say how to use it",
                        "  accessd models add /etc/accessd/models/my-embedder.json",
                        [this] { return add_models(config_, file_); });
    add_own->add_option("manifest", file_, "JSON; docs/biometrics.md has the form")
        ->required()
        ->type_name("FILE");
    auto* speed = add(*models, "bench", "Measure how long a picture takes",
                      "  accessd models bench portrait.jpg",
                      [this] { return bench_models(config_, file_, output()); });
    speed->add_option("picture", file_, "JPEG or PNG with a face")->required()->type_name("FILE");
    auto* biometrics = add(app_, "biometrics", "Measure how well faces are told apart",
                           "  accessd biometrics calibrate --pairs pairs.csv", nullptr);
    auto* calibrate =
        add(*biometrics, "calibrate", "Compare labelled pairs; print and write what scores mean",
            "  accessd biometrics calibrate --pairs pairs.csv\n"
            "  accessd biometrics calibrate --pairs pairs.csv --out calibration.json\n\n"
            "The file has a heading and lines imgA,imgB,same[,group]: two pictures, from its own\n"
            "folder on, 1 where they show one person and 0 where not, and what people have in\n"
            "common for figures by group.",
            [this] { return calibrate_faces(config_, calibrate_, output()); });
    calibrate->add_option("--pairs", calibrate_.pairs_file, "The pairs, CSV")
        ->required()
        ->type_name("FILE");
    calibrate->add_option("--out", calibrate_.out_file, "Calibration to write; never overwritten")
        ->type_name("FILE");
    for (auto* command : {list, check, speed, calibrate}) add_json(*command);
    for (auto* command : {list, check, add_own, speed, calibrate}) add_config_file(*command);
}

void CommandLine::add_enrolled()
{
    auto* group =
        add(app_, "faces", "Look after enrolled faces", "  accessd faces reenrol-report", nullptr);
    auto* report =
        add(*group, "reenrol-report", "Tell who must enrol again, because the models were replaced",
            "  accessd faces reenrol-report\n"
            "  accessd faces reenrol-report --json",
            [this] { return report_reenrolment(config_, output()); });
    add_json(*report);
    add_config_file(*report);
    add_data_dir(*report, "In place of store.data_dir");
}

void CommandLine::add_rest()
{
    auto* command =
        add(app_, "migrate",
            "Bring the store to this release's form. serve does so by itself; this lets "
            "you do it apart",
            "  accessd migrate", [this] { return migrate(config_); });
    add_config_file(*command);
    add_data_dir(*command, "In place of store.data_dir");
    auto* about = add(app_, "version", "Print the version",
                      "  accessd version\n"
                      "  accessd version --json",
                      [this] { return print_version(output()); });
    add_json(*about);
}

void CommandLine::add_project()
{
    auto* group = add(app_, "project", "Keep a project's set-up in a file",
                      "  accessd project export shop > shop.json\n"
                      "  accessd project apply shop.json --dry-run",
                      nullptr);
    auto* take =
        add(*group, "export", "Print a project's set-up, with references in place of secrets",
            "  accessd project export shop > shop.json",
            [this] { return export_project_file(config_, project_); });
    take->add_option("project", project_, "Its slug or id")->required()->type_name("PROJECT");
    auto* apply =
        add(*group, "apply", "Make a project what a file says; a second run changes nothing",
            "  accessd project apply shop.json --dry-run\n"
            "  SHOP_SMTP=... accessd project apply shop.json\n\n"
            "Secrets stand in the file as \"env:NAME\" or \"file:/path\", and are read by this\n"
            "command, not by the server. docs/projects.md has the form.",
            [this] { return apply_project_file(config_, file_, apply_); });
    apply->add_option("file", file_, "Made by accessd project export, or by hand")
        ->required()
        ->type_name("FILE");
    apply->add_flag("--dry-run", apply_.is_dry, "Only tell what would change");
    apply->add_flag("--with-secrets", apply_.with_secrets,
                    "Send secrets again that are set already");
    apply->add_flag("--remove", apply_.is_removing, "Remove what the file's sections don't name");
    for (auto* command : {take, apply}) {
        add_config_file(*command);
        add_data_dir(*command, "In place of store.data_dir");
    }
}

void CommandLine::add_completion()
{
    auto* group = add(app_, "completion", "Print what completes this command line in a shell",
                      "  accessd completion bash > /etc/bash_completion.d/accessd\n"
                      "  accessd completion fish > ~/.config/fish/completions/accessd.fish\n"
                      "  accessd completion man > accessd.8",
                      nullptr);
    for (const auto* shell : {"bash", "zsh", "fish"}) {
        add(*group, shell, (std::string{"For "} + shell).c_str(),
            (std::string{"  accessd completion "} + shell).c_str(), [this, shell] {
                print_out(completion_for(shell, tree_of(app_)).value_or(std::string{}));
                return kExitOk;
            });
    }
    add(*group, "man", "The manual page, accessd(8)", "  accessd completion man | man -l -",
        [this] {
            print_out(man_page(tree_of(app_), version()));
            return kExitOk;
        });
}

std::vector<std::string> command_names(const CLI::App& command)
{
    std::vector<std::string> names;
    for (const auto* inner : command.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(inner->get_name());
    }
    return names;
}

const CLI::App* find_command(const CLI::App& parent, const std::string& name)
{
    for (const auto* inner : parent.get_subcommands([](const CLI::App*) { return true; })) {
        if (inner->get_name() == name) return inner;
    }
    return nullptr;
}

int refuse_word(const std::string& path, const std::string& word,
                const std::vector<std::string>& names)
{
    auto sentence = "there is no command '" + path + " " + printable(word) + "'.";
    if (const auto meant = config::nearest(word, names)) {
        sentence += " Did you mean '" + path + " " + *meant + "'?";
    }
    print_error(sentence + " See: " + path + " --help");
    return kExitUsage;
}

/// CLI11 would name the word only after complaining that there is no command.
std::optional<int> CommandLine::refuse_unknown_word(int argc, char** argv) const
{
    const CLI::App* level = &app_;
    std::string path = "accessd";
    for (int i = 1; i < argc; ++i) {
        const std::string word{argv[i]};
        const auto* inner = find_command(*level, word);
        const auto names = command_names(*level);
        if (names.empty() || word.starts_with('-')) return std::nullopt;
        if (inner == nullptr) return refuse_word(path, word, names);
        level = inner;
        path += ' ';
        path += word;
    }
    return std::nullopt;
}

/// "--nme": the option that was probably meant.
std::string suggestion_for(const std::string& word, const CLI::App& command)
{
    std::vector<std::string> names;
    for (const auto* option : command.get_options()) {
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
    const auto meant = config::nearest(word.substr(0, word.find('=')), names);
    return meant ? " Did you mean " + *meant + "?" : "";
}

int CommandLine::explain(const CLI::ParseError& error) const
{
    const CLI::App* command = &app_;
    std::string path = "accessd";
    while (!command->get_subcommands().empty()) {
        command = command->get_subcommands().front();
        path += ' ';
        path += command->get_name();
    }
    std::string sentence = error.what();
    for (const auto& word : app_.remaining(true)) {
        if (!word.starts_with('-')) continue;
        sentence = "there is no option " + printable(word) + "." + suggestion_for(word, *command);
        break;
    }
    if (!sentence.ends_with('.') && !sentence.ends_with('?')) sentence += '.';
    const auto about = command == &app_ ? "" : path.substr(path.find(' ') + 1) + ": ";
    print_error(about + sentence + " See: " + path + " --help");
    return kExitUsage;
}

int CommandLine::run(int argc, char** argv)
{
    if (argc == 2 && std::string_view{argv[1]} == "help") {
        print_out(app_.help());
        return kExitOk;
    }
    if (const auto status = refuse_unknown_word(argc, argv)) return *status;
    try {
        app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        print_out(app_.help());
        return kExitOk;
    } catch (const CLI::ParseError& error) {
        return explain(error);
    }
    if (chosen_) return chosen_();
    if (is_version_) return print_version(Output::Text);
    // Nothing, or a group without its command: the list of what there is helps most.
    print_error("which command? Here is what there is.\n\n" + app_.help());
    return kExitUsage;
}

}  // namespace

CommandTree tree_of(const CLI::App& app)
{
    CommandTree tree;
    tree.name = app.get_name();
    tree.about = app.get_description();
    tree.footer = app.get_footer();
    for (const auto* option : app.get_options()) tree.options.push_back(option_of(*option));
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        tree.commands.push_back(tree_of(*command));
    }
    return tree;
}

int run_command(int argc, char** argv)
{
    if (argc > 1 && std::string_view{argv[1]} == kFaceWorkerCommand) {
        return run_face_worker(argc, argv);
    }
    int status = kExitFailed;
    try {
        status = CommandLine{}.run(argc, argv);
    } catch (const std::exception& error) {
        print_error(std::string{"stopped by a fault of its own: "} + error.what());
    }
    if (!flush_out()) {
        print_error("standard output can't be written, so the result is incomplete.");
        return status == kExitOk ? kExitFailed : status;
    }
    return status;
}

}  // namespace accessd::app
