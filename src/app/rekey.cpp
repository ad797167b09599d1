#include "app/rekey.h"

#include "app/descriptor.h"
#include "app/master_key.h"
#include "base/log.h"
#include "crypto/keyring.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace accessd::app {
namespace {

namespace fs = std::filesystem;

Error fault(ErrorCode code, const std::string& sentence)
{
    return Error{code, sentence}.saying(sentence);
}

std::string next_of(const std::string& file) { return file + ".new"; }

std::string old_of(const std::string& file, TimePoint now)
{
    auto text = to_rfc3339(now).substr(0, 19) + "Z";
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return file + ".old-" + text;
}

bool exists(const std::string& path)
{
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

bool sync_folder_of(const std::string& file)
{
    auto folder = fs::path{file}.parent_path();
    if (folder.empty()) folder = ".";
    const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return opened.is_open() && ::fsync(opened.get()) == 0;
}

/// The old key gets a second name before the new one takes its first: no moment without either.
Result<std::string> switch_files(const std::string& file, TimePoint now)
{
    const auto old = old_of(file, now);
    if (::link(file.c_str(), old.c_str()) != 0 && errno != EEXIST) {
        return fault(ErrorCode::Internal, "The old master key can't be kept as " + old + ": " +
                                              std::generic_category().message(errno) + ".");
    }
    if (!sync_folder_of(file) || ::rename(next_of(file).c_str(), file.c_str()) != 0 ||
        !sync_folder_of(file)) {
        return fault(ErrorCode::Internal,
                     "The store is wrapped by the new master key, which is in " + next_of(file) +
                         " and can't be put in the place of " + file + ": " +
                         std::generic_category().message(errno) + ". Move it there.");
    }
    return old;
}

/// The id of the master key that wraps the store's keys; empty: the store is new.
Result<std::string> stored_id(crypto::KeyMaterialStore& store)
{
    ACCESSD_TRY(const auto keys, store.list());
    return keys.empty() ? std::string{} : keys.front().master_id;
}

/// What a rekey that was cut off before its transaction left: a key that opens nothing.
void remove_leftover(const std::string& file)
{
    if (exists(next_of(file))) ::unlink(next_of(file).c_str());
}

}  // namespace

Result<Secret> settle_master_key(const config::Config& config, const Secret& key,
                                 crypto::KeyMaterialStore& store, const Clock& clock)
{
    ACCESSD_TRY(const auto wanted, stored_id(store));
    if (wanted.empty() || wanted == crypto::Keyring::id_of(key)) return key;
    const auto file = config.master_key_file();
    if (has_master_key_variable() || !exists(next_of(file))) return key;
    ACCESSD_TRY(auto next, read_master_key_file(next_of(file)));
    if (crypto::Keyring::id_of(next) != wanted) return key;
    ACCESSD_CHECK(switch_files(file, clock.now()));
    log::info("a rekey that was cut off is complete now");
    return next;
}

Result<Rekeyed> rekey(const config::Config& config, const std::string& new_file,
                      crypto::KeyMaterialStore& store, Clock& clock, Random& random)
{
    const bool takes_place = new_file.empty();
    if (takes_place && has_master_key_variable()) {
        return fault(ErrorCode::Conflict,
                     "The master key comes from ACCESSD_MASTER_KEY, which this command can't "
                     "change. Say where to write the new one: --new-master-key-file FILE");
    }
    ACCESSD_TRY(const auto configured, read_master_key(config));
    ACCESSD_TRY(const auto old_key, settle_master_key(config, configured, store, clock));
    ACCESSD_TRY(const auto keyring, crypto::Keyring::open(old_key, store, clock, random));

    const auto file = config.master_key_file();
    if (takes_place) remove_leftover(file);
    const auto target = takes_place ? next_of(file) : new_file;
    ACCESSD_TRY(const auto new_key, make_master_key(target, random));
    if (auto rewrapped = keyring->rewrap(new_key); !rewrapped) {
        // Whether it was committed isn't known after every failure, so the new key stays.
        return fault(rewrapped.error().code, "The store's keys can't be wrapped anew (" +
                                                 rewrapped.error().detail +
                                                 "). Both keys are kept; run it again.");
    }
    Rekeyed done{takes_place ? file : new_file, {}, 0};
    ACCESSD_TRY(const auto keys, store.list());
    done.keys = static_cast<int>(keys.size());
    if (takes_place) {
        ACCESSD_TRY(done.old_file, switch_files(file, clock.now()));
    }
    return done;
}

}  // namespace accessd::app
