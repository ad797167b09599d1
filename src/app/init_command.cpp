#include "app/init_command.h"

#include "app/master_key.h"
#include "app/terminal.h"
#include "base/random.h"
#include "config/config_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace accessd::app {
namespace {

namespace fs = std::filesystem;

enum class Outcome { Made, Kept, Failed };

std::string system_text(int error) { return std::generic_category().message(error); }

Outcome fail(std::string_view sentence)
{
    print_error(sentence);
    return Outcome::Failed;
}

void tell(Outcome outcome, std::string_view path, std::string_view about)
{
    print_out(std::string{outcome == Outcome::Made ? "made  " : "kept  "} + printable(path) + ": " +
              std::string{about} + "\n");
}

/// Mode 0600, because passwords may be written into it.
Outcome write_config(const std::string& path, const ConfigChoice& choice)
{
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0 && errno == EEXIST) return Outcome::Kept;
    if (file < 0) {
        return fail(path + " can't be written: " + system_text(errno) +
                    ". Its folder must exist and be writable.");
    }
    config::Config config;
    if (choice.data_dir) config.store.data_dir = *choice.data_dir;
    const auto text = config::commented_toml(config);
    const auto written = write(file, text.data(), text.size());
    const bool is_whole = written == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
    const int error = errno;
    close(file);
    if (is_whole) return Outcome::Made;
    unlink(path.c_str());
    return fail(path + " can't be written: " + system_text(error) + ".");
}

Outcome make_data_dir(const std::string& path)
{
    std::error_code error;
    if (fs::is_directory(path, error)) return Outcome::Kept;
    error.clear();
    const auto parent = fs::path{path}.lexically_normal().parent_path();
    if (!parent.empty()) fs::create_directories(parent, error);
    if (!error && mkdir(path.c_str(), S_IRWXU) != 0) error = {errno, std::generic_category()};
    if (!error) return Outcome::Made;
    return fail("The data folder " + path + " can't be made: " + error.message() +
                ". Make it for the user accessd runs as, or change store.data_dir.");
}

/// Whether the store was used: only then is a missing key a loss.
bool holds_data(const std::string& data_dir)
{
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{data_dir, error}) {
        if (entry.path().extension() == ".db") return true;
    }
    return false;
}

Outcome make_key(const config::Config& config)
{
    const auto path = config.master_key_file();
    std::error_code error;
    if (fs::exists(fs::symlink_status(path, error))) {
        const auto key = read_master_key(config);
        return key ? Outcome::Kept : fail(sentence_of(key.error()));
    }
    if (holds_data(config.store.data_dir)) {
        return fail("There is data in " + config.store.data_dir + " and no master key file " +
                    path +
                    ". Put the key of that data there, or into ACCESSD_MASTER_KEY: a new one "
                    "would not open it.");
    }
    SystemRandom random;
    const auto made = make_master_key(path, random);
    return made ? Outcome::Made : fail(sentence_of(made.error()));
}

bool set_up_key(const config::Config& config)
{
    if (std::getenv("ACCESSD_MASTER_KEY") != nullptr) {
        const auto key = read_master_key(config);
        if (!key) print_error(sentence_of(key.error()));
        if (key) print_out("kept  ACCESSD_MASTER_KEY: the master key comes from there\n");
        return key.has_value();
    }
    const auto outcome = make_key(config);
    if (outcome == Outcome::Failed) return false;
    tell(outcome, config.master_key_file(),
         "the master key. Keep a copy elsewhere: without it nobody can read the data");
    return true;
}

void tell_next_steps(const std::string& path)
{
    std::string with;
    if (path != "accessd.toml" && path != "/etc/accessd/accessd.toml") {
        with = " --config " + shell_word(printable(path));
    }
    print_out("\nNext:\n"
              "  1. Read " +
              printable(path) +
              ". Real logins need server.public_url and [smtp].\n"
              "  2. Check it:                      accessd config check" +
              with +
              "\n"
              "  3. Make your software a key:      accessd key create" +
              with +
              " --name shop --all-projects\n"
              "  4. Start the server:              accessd serve" +
              with + "\n");
}

}  // namespace

int init(const ConfigChoice& choice)
{
    auto path = choice.file.value_or("accessd.toml");
    if (const char* named = std::getenv("ACCESSD_CONFIG");
        !choice.file && named != nullptr && *named != 0) {
        path = named;
    }
    const auto config_outcome = write_config(path, choice);
    if (config_outcome == Outcome::Failed) return kExitFailed;
    tell(config_outcome, path, "the configuration");

    const auto loaded = load_config({.file = path});
    if (!loaded) return kExitUsage;
    const auto& data_dir = loaded->config.store.data_dir;
    if (choice.data_dir && *choice.data_dir != data_dir) {
        const auto origin = loaded->origins.find("store.data_dir");
        print_error("--data-dir is " + printable(*choice.data_dir) +
                    ", but the data folder in effect is " + printable(data_dir) +
                    ". Change store.data_dir in " +
                    printable(origin == loaded->origins.end() ? path : origin->second) + ".");
        return kExitUsage;
    }
    const auto folder_outcome = make_data_dir(data_dir);
    if (folder_outcome == Outcome::Failed) return kExitFailed;
    tell(folder_outcome, data_dir, "the folder of the data");
    if (!set_up_key(loaded->config)) return kExitFailed;
    // Where the configuration was there already, somebody has read this before: a package's service runs
    // init before each start.
    if (config_outcome == Outcome::Made) tell_next_steps(path);
    return kExitOk;
}

}  // namespace accessd::app
