#include "sources/client_factory.h"

#include "sources/http_source_client.h"
#include "sources/mysql_client.h"
#include "sources/postgres_client.h"
#include "sources/sqlite_client.h"

#include <utility>

namespace accessd::sources {

Result<std::unique_ptr<SourceClient>> ClientFactory::make(const SourceSettings& settings) const
{
    using Made = std::unique_ptr<SourceClient>;
    using users::SourceKind;
    constexpr std::string_view field = "settings.query";
    switch (settings.kind) {
    case SourceKind::Http: return Made{std::make_unique<HttpSourceClient>(settings, http_, clock_)};
    case SourceKind::Postgres: {
        ACCESSD_TRY(auto query, read_query(settings.query, Placeholder::Dollar, field));
        return Made{std::make_unique<PostgresClient>(settings, std::move(query), addresses_,
                                                     reach_.ca_file)};
    }
    case SourceKind::Mysql: {
        ACCESSD_TRY(auto query, read_query(settings.query, Placeholder::Question, field));
        return Made{
            std::make_unique<MysqlClient>(settings, std::move(query), addresses_, reach_.ca_file)};
    }
    case SourceKind::Sqlite: {
        ACCESSD_TRY(auto query, read_query(settings.query, Placeholder::Named, field));
        return Made{std::make_unique<SqliteClient>(settings, std::move(query),
                                                   reach_.sqlite_folders, reach_.data_folder)};
    }
    case SourceKind::Open:
    case SourceKind::Directory: break;
    }
    return Error{ErrorCode::Internal, "a source that isn't asked outside"};
}

}  // namespace accessd::sources
