#pragma once

#include "store/sql/audit_writer.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"
#include "users/user_store.h"

namespace accessd::store {

class SqlUserStore final : public users::UserStore {
public:
    SqlUserStore(Database& database, EventWriter& events, AuditWriter& audit)
        : database_(database), events_(events), audit_(audit)
    {
    }

    Result<void> insert(const users::User& user, bool test,
                        const events::AuditEntry& audit) override;
    Result<std::optional<users::User>> find(const std::string& project_id,
                                            const std::string& user_id) override;
    Result<std::optional<users::User>> find_by_email(const std::string& project_id,
                                                     const std::string& email) override;
    Result<Page<users::User>> list(const std::string& project_id, const users::UserFilter& filter,
                                   const PageRequest& page) override;
    Result<void> update(const users::User& user, bool test,
                        const events::AuditEntry& audit) override;
    Result<users::Erased> erase(const std::string& project_id, const std::string& user_id,
                                TimePoint now, bool test, std::optional<std::int64_t> version,
                                const events::AuditEntry& audit) override;

private:
    Database& database_;
    EventWriter& events_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
