#include "store/backup.h"
#include "store/data_folder.h"
#include "store/destroyed_list.h"
#include "store/sql/migrations.h"
#include "store/sqlite/destroy_again.h"
#include "store/sqlite/sqlite_connection.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace accessd::store {
namespace {

namespace fs = std::filesystem;

constexpr int kPagesAtOnce = 256;  // 1 MiB between two reports of progress.
constexpr int kBusyTimeoutMs = 5000;

struct CloseSqlite {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};
using Handle = std::unique_ptr<sqlite3, CloseSqlite>;

Error unusable(const std::string& sentence)
{
    return Error{ErrorCode::StoreUnavailable, sentence}.saying(sentence);
}

std::string system_text(int error) { return std::generic_category().message(error); }

Handle open_handle(const std::string& file, int flags)
{
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Handle handle{raw};
    if (code != SQLITE_OK) throw SqlFailure{sqlite3_errstr(code)};
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    return handle;
}

void run(sqlite3* handle, const char* sql)
{
    const int code = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw SqlFailure{sqlite3_errmsg(handle)};
}

/// Everything from one snapshot, which a read transaction holds while writers go on.
void copy_pages(const std::string& from, const std::string& to, const BackupProgress& progress)
{
    const auto source = open_handle(from, SQLITE_OPEN_READONLY);
    sqlite3_wal_autocheckpoint(source.get(), 0);
    sqlite3_db_config(source.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    run(source.get(), "BEGIN; SELECT count(*) FROM sqlite_schema;");
    const auto target = open_handle(to, SQLITE_OPEN_READWRITE);
    auto* copy = sqlite3_backup_init(target.get(), "main", source.get(), "main");
    if (copy == nullptr) {
        throw SqlFailure{sqlite3_errmsg(target.get())};
    }
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(copy, kPagesAtOnce);
        const int total = sqlite3_backup_pagecount(copy);
        if (progress) progress(total - sqlite3_backup_remaining(copy), total);
    }
    sqlite3_backup_finish(copy);
    if (code != SQLITE_DONE) throw SqlFailure{sqlite3_errstr(code)};
    run(source.get(), "COMMIT");
    // One file, without a log beside it.
    run(target.get(), "PRAGMA journal_mode = DELETE");
}

std::int64_t count(Connection& connection, std::string_view sql)
{
    auto row = connection.query(sql);
    return row.next() ? row.integer(0) : 0;
}

/// Throws SqlFailure.
Result<BackupManifest> read_manifest(Connection& connection, const std::string& file,
                                     std::string_view check)
{
    {
        auto row = connection.query(check);
        const auto verdict = row.next() ? row.text(0) : std::string{"no answer"};
        if (verdict != "ok") return unusable(file + " is damaged (" + verdict + ").");
    }
    BackupManifest manifest;
    manifest.schema_version = schema_version(connection);
    if (manifest.schema_version > newest_schema_version()) {
        return unusable(file + " has schema version " + std::to_string(manifest.schema_version) +
                        ", made by a newer release; this one knows " +
                        std::to_string(newest_schema_version()) + ". Install that release first.");
    }
    manifest.projects = count(connection, "SELECT count(*) FROM projects");
    manifest.users = count(connection, "SELECT count(*) FROM users");
    manifest.validations = count(connection, "SELECT count(*) FROM validations");
    manifest.keys = count(connection, "SELECT count(*) FROM api_keys");
    std::error_code ignored;
    manifest.bytes = static_cast<std::int64_t>(fs::file_size(file, ignored));
    return manifest;
}

/// Makes a name in a folder last through a loss of power.
bool sync_path(const std::string& path, int flags)
{
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool is_synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return is_synced;
}

bool sync_folder_of(const std::string& file)
{
    const auto folder = fs::path{file}.parent_path();
    return sync_path(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
}

bool exists(const std::string& path)
{
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

/// An empty file for this user alone. Errors: Conflict if the name is taken.
Result<void> make_file(const std::string& path)
{
    const int descriptor = ::open(
        path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor >= 0) {
        ::close(descriptor);
        return {};
    }
    if (errno == EEXIST) {
        const auto sentence = "There is a file " + path + " already; it is never overwritten.";
        return Error{ErrorCode::Conflict, sentence}.saying(sentence);
    }
    return unusable(path + " can't be made: " + system_text(errno) +
                    ". Its folder must exist and be writable.");
}

/// A file that goes unless it is kept.
class Draft {
public:
    explicit Draft(std::string path) : path_(std::move(path)) {}
    ~Draft()
    {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    const std::string& path() const { return path_; }
    void keep() { path_.clear(); }

private:
    std::string path_;
};

/// A copy made by backup() has no log beside it; a file torn out of a running store has, or had.
Result<void> check_form(const std::string& file)
{
    std::array<char, 20> head{};
    auto* opened = std::fopen(file.c_str(), "rb");
    if (opened == nullptr) return unusable(file + " can't be read: " + system_text(errno) + ".");
    const auto length = std::fread(head.data(), 1, head.size(), opened);
    std::fclose(opened);
    if (length < head.size() || std::memcmp(head.data(), "SQLite format 3", 16) != 0) {
        return unusable(file + " is not a backup of a store.");
    }
    if (head[18] == 2) {
        return unusable(file +
                        " was copied out of a running store, so what was written last may be "
                        "missing. Make backups by: accessd backup FILE");
    }
    return {};
}

Result<void> copy_file(const std::string& from, const std::string& to)
{
    std::error_code problem;
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, problem);
    if (problem || ::chmod(to.c_str(), S_IRUSR | S_IWUSR) != 0 || !sync_path(to, O_RDWR)) {
        return unusable(from + " can't be copied into the data folder: " +
                        (problem ? problem.message() : system_text(errno)) + ".");
    }
    return {};
}

/// Moves what the log of the store holds into its file, so that the file alone is the store.
void fold_log(const std::string& file)
{
    try {
        SqliteConnection connection{file, SqliteConnection::Access::Write};
        connection.run("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const SqlFailure&) {
        // Too damaged for that: the log is kept beside it.
    }
}

/// Gives the former store a second name, under which it stays. Nothing of its log may meet the new file.
Result<void> put_aside(const std::string& file, const std::string& aside)
{
    if (exists(file)) {
        fold_log(file);
        if (::link(file.c_str(), aside.c_str()) != 0) {
            return unusable("The store can't be kept as " + aside + ": " + system_text(errno) +
                            ".");
        }
    }
    const auto log = file + "-wal";
    if (exists(log) && ::rename(log.c_str(), (aside + "-wal").c_str()) != 0) {
        return unusable(log + " can't be moved: " + system_text(errno) + ".");
    }
    ::unlink((file + "-shm").c_str());
    return {};
}

/// A command of root's must not lock the server's own user out.
void give_to_owner_of(const std::string& folder, const std::string& file)
{
    struct stat status {};
    if (::geteuid() != 0 || ::stat(folder.c_str(), &status) != 0) return;
    [[maybe_unused]] const int changed = ::chown(file.c_str(), status.st_uid, status.st_gid);
}

/// What was destroyed, as the lists and the store that is there have it. Nothing: nobody knows.
Result<std::optional<std::vector<biometrics::DestroyedFace>>> known_destroyed(
    const std::string& data_dir, const std::string& store, const DestroyedLists& lists)
{
    ACCESSD_TRY(auto known, read_destroyed_list(destroyed_list_file(data_dir)));
    const auto add = [&](const std::vector<biometrics::DestroyedFace>& more) {
        if (!known) known.emplace();
        known->insert(known->end(), more.begin(), more.end());
    };
    if (!lists.file.empty()) {
        ACCESSD_TRY(const auto given, read_destroyed_list(lists.file));
        if (!given) return unusable("There is no file " + lists.file + ".");
        add(*given);
    }
    if (!exists(store)) return known;
    try {
        SqliteConnection connection{store, SqliteConnection::Access::Read};
        add(destroyed_in(connection));
    } catch (const SqlFailure&) {
        // Too damaged to be asked: then the list beside it has to do.
    }
    return known;
}

/// Faces that were destroyed since the copy was made are destroyed in it, before anybody can be served from it.
Result<int> destroy_in_copy(const std::string& copy, const std::string& data_dir,
                            const std::string& store, const DestroyedLists& lists)
{
    ACCESSD_TRY(const auto known, known_destroyed(data_dir, store, lists));
    auto connection = std::make_unique<SqliteConnection>(copy, SqliteConnection::Access::Write);
    if (!known && !lists.may_be_missing && has_face_keys(*connection)) {
        const auto sentence =
            "The backup holds faces, and nothing says which were destroyed since it was made: " +
            destroyed_list_file(data_dir) +
            " is missing. Put it back from where the server ran, or name it by --destroyed-faces. "
            "--without-destroyed-faces restores all the same: faces of people who were erased since "
            "come back.";
        return Error{ErrorCode::PreconditionFailed, sentence}.saying(sentence);
    }
    const int faces = known ? destroy_again(*connection, *known) : 0;
    connection->run("PRAGMA wal_checkpoint(TRUNCATE)");
    connection.reset();
    // Everything is in the file; what is beside it bears the copy's passing name.
    ::unlink((copy + "-wal").c_str());
    ::unlink((copy + "-shm").c_str());
    return faces;
}

std::string timestamp(TimePoint now)
{
    auto text = to_rfc3339(now).substr(0, 19) + "Z";
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

}  // namespace

Result<BackupManifest> backup(const std::string& data_dir, const std::string& file,
                              const BackupProgress& progress)
{
    const auto store = data_dir + "/accessd.db";
    if (!exists(store)) return unusable("There is no store in " + data_dir + " to copy.");
    if (exists(file)) {
        const auto sentence = "There is a file " + file + " already; it is never overwritten.";
        return Error{ErrorCode::Conflict, sentence}.saying(sentence);
    }
    const auto part = file + ".part";
    ACCESSD_CHECK(make_file(part));
    Draft draft{part};
    try {
        copy_pages(store, part, progress);
        SqliteConnection connection{part, SqliteConnection::Access::Read};
        ACCESSD_TRY(const auto manifest, read_manifest(connection, part, "PRAGMA integrity_check"));
        if (!sync_path(part, O_RDWR)) {
            return unusable(part + " can't be written: " + system_text(errno) + ".");
        }
        // Linking fails where somebody made the file meanwhile; renaming would replace it.
        if (::link(part.c_str(), file.c_str()) != 0 || !sync_folder_of(file)) {
            return unusable(file + " can't be made: " + system_text(errno) + ".");
        }
        return manifest;
    } catch (const SqlFailure& failure) {
        return unusable("The store " + store + " can't be copied to " + file + " (" +
                        failure.what() +
                        "). Check that there is room, and that this user may "
                        "read the store.");
    }
}

Result<Restored> restore(const std::string& data_dir, const std::string& file, Existing existing,
                         const Clock& clock, const DestroyedLists& destroyed)
{
    ACCESSD_CHECK(check_form(file));
    ACCESSD_TRY(const auto folder, DataFolder::open(data_dir));
    const auto store = folder.database_file();
    const bool is_replacing = exists(store);
    if (is_replacing && existing == Existing::Refused) {
        const auto sentence =
            "There is a store in " + data_dir +
            " already. Say --replace to put the backup in its place; the file that "
            "is there now is then kept aside.";
        return Error{ErrorCode::Conflict, sentence}.saying(sentence);
    }
    Draft draft{store + ".restoring"};
    ACCESSD_CHECK(copy_file(file, draft.path()));
    Restored restored;
    try {
        SqliteConnection connection{draft.path(), SqliteConnection::Access::Read};
        ACCESSD_TRY(restored.manifest,
                    read_manifest(connection, draft.path(), "PRAGMA integrity_check"));
    } catch (const SqlFailure& failure) {
        return unusable(file + " is not a sound backup (" + failure.what() + ").");
    }
    try {
        ACCESSD_TRY(restored.faces_destroyed,
                    destroy_in_copy(draft.path(), data_dir, store, destroyed));
    } catch (const SqlFailure& failure) {
        return unusable("Destroyed faces can't be taken out of the copy (" +
                        std::string{failure.what()} + ").");
    }
    const auto aside = store + ".before-" + timestamp(clock.now());
    ACCESSD_CHECK(put_aside(store, aside));
    if (is_replacing) restored.kept_aside = aside;
    give_to_owner_of(data_dir, draft.path());
    if (::rename(draft.path().c_str(), store.c_str()) != 0 || !sync_folder_of(store)) {
        return unusable(store + " can't be put in place: " + system_text(errno) + ".");
    }
    draft.keep();
    return restored;
}

Result<BackupManifest> quick_check(const std::string& data_dir)
{
    const auto store = data_dir + "/accessd.db";
    if (!exists(store)) return unusable("There is no store in " + data_dir + " yet.");
    try {
        SqliteConnection connection{store, SqliteConnection::Access::Read};
        return read_manifest(connection, store, "PRAGMA quick_check");
    } catch (const SqlFailure& failure) {
        return unusable("The store " + store + " can't be read (" + failure.what() + ").");
    }
}

}  // namespace accessd::store
