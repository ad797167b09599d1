#include "app/data_commands.h"

#include "app/destroyed_faces.h"
#include "app/master_key.h"
#include "app/rekey.h"
#include "app/store_place.h"
#include "app/terminal.h"
#include "base/adjusted_clock.h"
#include "base/random.h"
#include "crypto/keyring.h"
#include "store/backup.h"
#include "store/copy.h"
#include "store/open.h"
#include "store/stores.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace accessd::app {
namespace {

int fail(const Error& error)
{
    print_error(sentence_of(error));
    return kExitFailed;
}

/// "42 %" in place on a terminal; nothing elsewhere.
void show_progress(int done, int total)
{
    if (total <= 0 || ::isatty(STDERR_FILENO) == 0) return;
    const auto percent = static_cast<long long>(done) * 100 / total;
    std::fprintf(stderr, "\r%lld %%%s", percent, done == total ? "\n" : "");
}

std::string counted(std::int64_t count, const char* one, const char* many)
{
    return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

std::string to_line(const store::BackupManifest& manifest)
{
    return "schema version " + std::to_string(manifest.schema_version) + ", " +
           counted(manifest.projects, "project", "projects") + ", " +
           counted(manifest.users, "user", "users") + ", " +
           counted(manifest.validations, "validation", "validations") + ", " +
           counted(manifest.keys, "key", "keys") + ", " + counted(manifest.bytes, "byte", "bytes");
}

nlohmann::json to_json(const store::BackupManifest& manifest)
{
    return {{"schema_version", manifest.schema_version},
            {"projects", manifest.projects},
            {"users", manifest.users},
            {"validations", manifest.validations},
            {"keys", manifest.keys},
            {"bytes", manifest.bytes}};
}

/// Says so where the restored store can't be opened with the configured key.
void warn_of_other_key(const config::Config& config)
{
    AdjustedClock clock;
    SystemRandom random;
    const auto key = read_master_key(config);
    const auto stores = store::open(place_of(config), clock, random);
    if (!stores) return;
    const auto keys = (*stores)->key_material().list();
    if (!keys || keys->empty()) return;
    const auto& wanted = keys->front().master_id;
    if (key && crypto::Keyring::id_of(*key) == wanted) return;
    print_error("warning: this store was wrapped by the master key with id " + wanted +
                ", which isn't the configured one. Put that key back before you start the server.");
}

/// A server's backups are made with its own tools, which know of its log and its replicas.
bool is_on_server(const config::Config& config)
{
    if (config.store.url.empty()) return false;
    print_error(
        "store.url names a PostgreSQL server: back it up and restore it with pg_dump, or with base backups and "
        "archived logs. Then run accessd restore without a file. See docs/operate.md, \"Backup\".");
    return true;
}

void print_destroyed(int faces)
{
    print_out("destroyed " + counted(faces, "face", "faces") +
              ": they had been destroyed since the backup was made\n");
}

/// The server's own tools have brought the database back: what is left is what only accessd knows.
int end_restore(const config::Config& config, const store::DestroyedLists& destroyed)
{
    AdjustedClock clock;
    SystemRandom random;
    const auto stores = store::open(place_of(config), clock, random);
    if (!stores) return fail(stores.error());
    const auto faces =
        destroy_brought_back((*stores)->faces(), config.store.data_dir, destroyed, clock.now());
    if (!faces) return fail(faces.error());
    print_destroyed(*faces);
    print_out("Nodes may start on this database.\n");
    return kExitOk;
}

}  // namespace

int backup(const ConfigChoice& choice, const std::string& file, Output output)
{
    const auto loaded = load_config(choice);
    if (!loaded) return kExitUsage;
    if (is_on_server(loaded->config)) return kExitUsage;
    const auto made_at = SystemClock{}.now();
    const auto manifest = store::backup(loaded->config.store.data_dir, file, show_progress);
    if (!manifest) return fail(manifest.error());
    if (output == Output::Json) {
        auto json = to_json(*manifest);
        json["file"] = file;
        json["made_at"] = to_rfc3339(made_at);
        print_out(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    } else {
        print_out("made  " + printable(file) + " at " + to_rfc3339(made_at) + ": " +
                  to_line(*manifest) + "\n");
    }
    print_error("The master key isn't in it; it is of no use without that.");
    return kExitOk;
}

int restore(const ConfigChoice& choice, const std::string& file, bool is_replacing,
            const store::DestroyedLists& destroyed)
{
    const auto loaded = load_config(choice);
    if (!loaded) return kExitUsage;
    if (file.empty()) {
        if (!loaded->config.store.url.empty()) return end_restore(loaded->config, destroyed);
        print_error("Say which backup: accessd restore FILE");
        return kExitUsage;
    }
    if (is_on_server(loaded->config)) return kExitUsage;
    const auto existing = is_replacing ? store::Existing::KeptAside : store::Existing::Refused;
    const auto restored =
        store::restore(loaded->config.store.data_dir, file, existing, SystemClock{}, destroyed);
    if (!restored) return fail(restored.error());
    print_out("restored  " + printable(file) + ": " + to_line(restored->manifest) + "\n");
    if (!restored->kept_aside.empty()) {
        print_out("kept      " + printable(restored->kept_aside) + ": what was there before\n");
    }
    if (restored->faces_destroyed > 0) print_destroyed(restored->faces_destroyed);
    warn_of_other_key(loaded->config);
    return kExitOk;
}

int rekey(const ConfigChoice& choice, const std::string& new_file)
{
    const auto loaded = load_config(choice);
    if (!loaded) return kExitUsage;
    const auto& config = loaded->config;
    std::error_code ignored;
    if (config.store.url.empty() &&
        !std::filesystem::exists(config.store.data_dir + "/accessd.db", ignored)) {
        print_error("There is no store in " + printable(config.store.data_dir) + " to rekey.");
        return kExitFailed;
    }
    AdjustedClock clock;
    SystemRandom random;
    const auto stores = store::open(place_of(config), clock, random);
    if (!stores) return fail(stores.error());
    const auto done = rekey(config, new_file, (*stores)->key_material(), clock, random);
    if (!done) return fail(done.error());
    print_out("made  " + printable(done->new_file) + ": the new master key; it wraps " +
              counted(done->keys, "key", "keys") + "\n");
    if (!done->old_file.empty()) {
        print_out("kept  " + printable(done->old_file) +
                  ": the old one, which opens backups made before\n");
    } else {
        print_error("Point keys.master_key_file or ACCESSD_MASTER_KEY to the new key before you "
                    "start the server. Keep the old one: it opens backups made before.");
    }
    return kExitOk;
}

int copy_store(const std::string& from, const std::string& to, Output output)
{
    std::string shown;
    const auto progress = [&](const std::string& table, std::int64_t done, std::int64_t total) {
        const auto line = table + ": " + std::to_string(done) + " of " + std::to_string(total);
        if (std::exchange(shown, line) != line) print_error(line);
    };
    const auto copied = store::copy_store(from, to, progress);
    if (!copied) return fail(copied.error());
    auto json = nlohmann::json::array();
    std::int64_t rows = 0;
    for (const auto& table : *copied) {
        rows += table.rows;
        json.push_back({{"table", table.name}, {"rows", table.rows}, {"checksum", table.checksum}});
    }
    if (output == Output::Json) {
        print_out(json.dump() + "\n");
    } else {
        print_out("copied  " + counted(rows, "row", "rows") + " of " +
                  counted(static_cast<std::int64_t>(copied->size()), "table", "tables") +
                  "; counts and checksums of both sides are the same\n");
    }
    return kExitOk;
}

}  // namespace accessd::app
