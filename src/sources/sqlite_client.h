#pragma once

#include "sources/query_text.h"
#include "sources/source_client.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace accessd::sources {

/// Which files `sqlite` sources may be.
/// Errors (words, empty: none): `file` isn't an absolute path to a file in one of `folders`, links followed, or lies
/// in `data_folder`.
std::string refuse_file(const std::string& file, const std::vector<std::string>& folders,
                        const std::string& data_folder);

/// Asks a SQLite file, opened anew for each question: it may be replaced, and must not be kept locked.
class SqliteClient final : public SourceClient {
public:
    SqliteClient(const SourceSettings& settings, QueryText query, std::vector<std::string> folders,
                 std::string data_folder);

    tl::expected<Answer, Failure> ask(const users::Contact& contact, Deadline deadline) override;
    bool is_reusable() const override { return true; }

private:
    tl::expected<Answer, Failure> ask(sqlite3* database, const users::Contact& contact) const;

    SourceSettings settings_;
    QueryText query_;
    std::vector<std::string> folders_;
    std::string data_folder_;
};

}  // namespace accessd::sources
