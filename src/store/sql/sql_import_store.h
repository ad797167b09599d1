#pragma once

#include "store/sql/audit_writer.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"
#include "users/import_store.h"

namespace accessd::store {

class SqlImportStore final : public users::ImportStore {
public:
    SqlImportStore(Database& database, EventWriter& events, AuditWriter& audit)
        : database_(database), events_(events), audit_(audit)
    {
    }

    Result<void> begin(const users::Import& import, const events::AuditEntry& audit) override;
    Result<users::Import> add_rows(const users::Import& import,
                                   const std::vector<users::ImportRow>& rows,
                                   const std::vector<users::RefusedRow>& refused) override;
    Result<users::Import> apply(const users::Import& import, const users::ImportColumns& columns,
                                bool test, TimePoint now) override;
    Result<void> fail(const users::Import& import, const std::string& problem, bool test,
                      TimePoint now) override;
    Result<std::optional<users::Import>> find(const std::string& id, const ProjectScope& scope,
                                              TimePoint now) override;
    Result<std::vector<users::RefusedRow>> refused_rows(const std::string& id,
                                                        std::int64_t after_line,
                                                        int limit) override;

private:
    Database& database_;
    EventWriter& events_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
