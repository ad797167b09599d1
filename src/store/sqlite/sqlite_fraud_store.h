#pragma once

#include "fraud/fraud_store.h"
#include "store/sqlite/audit_writer.h"
#include "store/sqlite/database.h"
#include "store/sqlite/event_writer.h"

namespace accessd::store {

class SqliteFraudStore final : public fraud::FraudStore {
public:
    SqliteFraudStore(Database& database, EventWriter& events, AuditWriter& audit)
        : database_(database), events_(events), audit_(audit)
    {
    }

    Result<fraud::Settings> settings(const std::string& project_id) override;
    Result<std::int64_t> put_settings(const std::string& project_id,
                                      const fraud::Settings& settings,
                                      const events::AuditEntry& audit) override;
    Result<Page<fraud::Block>> blocks(const std::string& project_id,
                                      const PageRequest& page) override;
    Result<std::optional<fraud::Block>> find_block(const std::string& id,
                                                   const ProjectScope& scope) override;
    Result<fraud::Block> end_block(const std::string& id, const ProjectScope& scope, TimePoint now,
                                   const events::AuditEntry& audit) override;

private:
    Database& database_;
    EventWriter& events_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
