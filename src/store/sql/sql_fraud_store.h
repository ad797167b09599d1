#pragma once

#include "fraud/fraud_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"

namespace accessd::store {

class SqlFraudStore final : public fraud::FraudStore {
public:
    SqlFraudStore(Database& database, EventWriter& events, AuditWriter& audit)
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
