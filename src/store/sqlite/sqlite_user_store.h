#pragma once

#include "store/sqlite/database.h"
#include "store/sqlite/event_writer.h"
#include "users/user_store.h"

namespace accessd::store {

class SqliteUserStore final : public users::UserStore {
public:
    SqliteUserStore(Database& database, EventWriter& events) : database_(database), events_(events)
    {
    }

    Result<void> insert(const users::User& user, bool test) override;
    Result<std::optional<users::User>> find(const std::string& project_id,
                                            const std::string& user_id) override;
    Result<std::optional<users::User>> find_by_email(const std::string& project_id,
                                                     const std::string& email) override;
    Result<Page<users::User>> list(const std::string& project_id, const users::UserFilter& filter,
                                   const PageRequest& page) override;
    Result<void> update(const users::User& user, bool test) override;
    Result<users::Erased> erase(const std::string& project_id, const std::string& user_id,
                                TimePoint now, bool test,
                                std::optional<std::int64_t> version) override;

private:
    Database& database_;
    EventWriter& events_;
};

}  // namespace accessd::store
