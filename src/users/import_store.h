#pragma once

#include "base/clock.h"
#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "events/audit.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::users {

enum class ImportMode {
    Add,      ///< Adds people, and changes those who are there already.
    Replace,  ///< The directory becomes the file: whoever isn't in it is erased.
};
enum class ImportStatus { Running, Done, Failed };

std::string_view to_text(ImportMode mode);
std::string_view to_text(ImportStatus status);
std::optional<ImportMode> parse_import_mode(std::string_view text);
std::optional<ImportStatus> parse_import_status(std::string_view text);

/// A file of people on its way into the directory. What it changes, it changes all at once.
struct Import {
    std::string id;
    std::string project_id;
    std::string source_id;
    ImportMode mode = ImportMode::Add;
    bool is_dry_run = false;
    ImportStatus status = ImportStatus::Running;
    std::string problem;  ///< Why it failed, in words.
    std::int64_t bytes = 0;
    std::int64_t bytes_read = 0;
    std::int64_t rows = 0;     ///< Read so far.
    std::int64_t refused = 0;  ///< Of them.
    std::int64_t added = 0;    ///< These three, once it is done; of a dry run what they would be.
    std::int64_t changed = 0;
    std::int64_t removed = 0;
    TimePoint created_at;
    TimePoint updated_at;
};

/// A row of the file, checked by itself.
struct ImportRow {
    std::int64_t line = 0;  ///< Where it begins, from 1.
    std::string user_id;    ///< Empty: the file gives none.
    std::string new_id;     ///< Used then, if nobody has its contacts.
    std::optional<std::string> email;
    std::optional<std::string> phone;
    std::optional<std::string> name;
    std::string claims = "{}";
};

struct RefusedRow {
    std::int64_t line = 0;
    std::string reason;  ///< Words that don't repeat the row's contents.
};

/// What of a user a file's columns set; the rest stays as it was.
struct ImportColumns {
    bool email = false;
    bool phone = false;
    bool name = false;
    bool claims = false;
};

/// Imports and their rows on the way. A row waits in a table of its own until all are there.
/// Every engine passes tests/store/import_store_contract_test.cpp.
class ImportStore {
public:
    /// One that wasn't heard of for this long ended with its server.
    static constexpr auto kSilence = std::chrono::minutes{2};
    static constexpr auto kLife = std::chrono::days{30};  ///< Of a report.

    virtual ~ImportStore() = default;

    /// Forgets what imports of the project left behind that ended or fell silent, and reports older than kLife.
    /// Errors: ProjectNotFound, Conflict (one of the project runs), StoreUnavailable.
    virtual Result<void> begin(const Import& import, const events::AuditEntry& audit = {}) = 0;
    /// Keeps rows and what was refused of them; a row that repeats an earlier one's id or contact is refused
    /// here. Stores progress of `import` (bytes_read, rows) and returns it as it is then.
    virtual Result<Import> add_rows(const Import& import, const std::vector<ImportRow>& rows,
                                    const std::vector<RefusedRow>& refused) = 0;
    /// Applies all rows in one transaction, or with `is_dry_run` only counts; writes import.finished. Rows that
    /// would take another person's contact are refused. With Replace and refused rows nothing is changed and the
    /// import has failed. Errors: ImportNotFound, StoreUnavailable.
    virtual Result<Import> apply(const Import& import, const ImportColumns& columns, bool test,
                                 TimePoint now) = 0;
    /// It ends without having changed anybody.
    virtual Result<void> fail(const Import& import, const std::string& problem, bool test,
                              TimePoint now) = 0;

    /// One that fell silent is shown as failed. Nothing if unknown or out of scope.
    virtual Result<std::optional<Import>> find(const std::string& id, const ProjectScope& scope,
                                               TimePoint now) = 0;
    /// In order of lines, those after `after_line`, at most `limit`.
    virtual Result<std::vector<RefusedRow>> refused_rows(const std::string& id,
                                                         std::int64_t after_line, int limit) = 0;
};

}  // namespace accessd::users
