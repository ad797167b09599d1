#include "sources/sqlite_client.h"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace accessd::sources {
namespace {

namespace fs = std::filesystem;

constexpr int kStepsBetweenChecks = 1000;  // Of SQLite's machine: some tens of microseconds.

bool is_inside(const fs::path& file, const fs::path& folder)
{
    const auto [end, at] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
    return end == folder.end() && at != file.end();
}

/// Nothing but reading the file itself: no attached ones, no settings, no functions that reach outside.
int authorize(void*, int action, const char*, const char* detail, const char*, const char*)
{
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
        return detail != nullptr && std::string_view{detail} == "load_extension" ? SQLITE_DENY
                                                                                 : SQLITE_OK;
    default: return SQLITE_DENY;
    }
}

int is_late(void* deadline)
{
    return std::chrono::steady_clock::now() >= *static_cast<const Deadline*>(deadline) ? 1 : 0;
}

std::optional<std::string> read_text(sqlite3_stmt* statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL) return std::nullopt;
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return std::string{text == nullptr ? "" : text, text == nullptr ? 0 : bytes};
}

ValueType type_of(sqlite3_stmt* statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return ValueType::Integer;
    case SQLITE_FLOAT: return ValueType::Real;
    default: return ValueType::Text;
    }
}

tl::unexpected<Failure> refused(sqlite3* database)
{
    const int code = sqlite3_errcode(database);
    if (code == SQLITE_INTERRUPT) return down("the query took longer than timeout_ms");
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
        return down("the file is locked by whoever writes it");
    }
    if (code == SQLITE_AUTH) return wrong("the query does more than reading the file's tables");
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
        return wrong("the file is no SQLite database");
    const bool is_query = code == SQLITE_ERROR || code == SQLITE_TOOBIG || code == SQLITE_MISMATCH;
    auto words = "SQLite says: " + told_by(sqlite3_errmsg(database));
    return is_query ? wrong(std::move(words)) : down(std::move(words));
}

}  // namespace

std::string refuse_file(const std::string& file, const std::vector<std::string>& folders,
                        const std::string& data_folder)
{
    const fs::path path{file};
    if (!path.is_absolute()) return "must be an absolute path";
    std::error_code error;
    const auto real = fs::canonical(path, error);
    // A file that isn't there yet is judged by its folder, so that nobody asks the API which files there are.
    const auto judged = error ? fs::weakly_canonical(path, error) : real;
    const auto is_in = [&](const std::string& folder) {
        std::error_code ignored;
        const auto top = fs::weakly_canonical(folder, ignored);
        return !folder.empty() && is_inside(judged, top);
    };
    if (std::none_of(folders.begin(), folders.end(), is_in) || is_in(data_folder)) {
        return "isn't in a folder that whoever runs the server opened with outbound.sqlite_folders";
    }
    return {};
}

SqliteClient::SqliteClient(const SourceSettings& settings, QueryText query,
                           std::vector<std::string> folders, std::string data_folder)
    : settings_(settings),
      query_(std::move(query)),
      folders_(std::move(folders)),
      data_folder_(std::move(data_folder))
{
}

tl::expected<Answer, Failure> SqliteClient::ask(const users::Contact& contact, Deadline deadline)
{
    if (auto why = refuse_file(settings_.file, folders_, data_folder_); !why.empty()) {
        return wrong("the file " + why);
    }
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(settings_.file.c_str(), &handle,
                                       SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> database{handle, sqlite3_close_v2};
    if (opened != SQLITE_OK) return down("the file can't be opened");
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, static_cast<int>(kAnswerBytesMax));
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_busy_timeout(handle, milliseconds_until(deadline));
    sqlite3_progress_handler(handle, kStepsBetweenChecks, is_late, &deadline);
    sqlite3_set_authorizer(handle, authorize, nullptr);
    return ask(handle, contact);
}

tl::expected<Answer, Failure> SqliteClient::ask(sqlite3* database,
                                                const users::Contact& contact) const
{
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v2(database, query_.sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
        return refused(database);
    }
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement{prepared,
                                                                               sqlite3_finalize};
    int place = 0;
    for (const auto kind : query_.parameters) {
        ++place;
        if (kind != contact.kind) continue;  // NULL, as it is.
        sqlite3_bind_text(prepared, place, contact.text.data(),
                          static_cast<int>(contact.text.size()), SQLITE_STATIC);
    }
    Answer answer;
    answer.has_fixed_names = true;
    const int columns = sqlite3_column_count(prepared);
    if (columns > static_cast<int>(kColumnsMax))
        return wrong("the query has more than 200 columns");
    for (int i = 0; i < columns; ++i) answer.names.emplace_back(sqlite3_column_name(prepared, i));
    while (answer.records.size() < 2) {
        const int outcome = sqlite3_step(prepared);
        if (outcome == SQLITE_DONE) break;
        if (outcome != SQLITE_ROW) return refused(database);
        Record record;
        for (int i = 0; i < columns; ++i) {
            const auto type = type_of(prepared, i);
            record.push_back(make_field(answer.names[static_cast<std::size_t>(i)],
                                        read_text(prepared, i), type));
        }
        answer.records.push_back(std::move(record));
    }
    return answer;
}

}  // namespace accessd::sources
