#pragma once

#include "access/browser_login_store.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"

namespace accessd::store {

class SqlBrowserLoginStore final : public access::BrowserLoginStore {
public:
    SqlBrowserLoginStore(Database& database, EventWriter& events)
        : database_(database), events_(events)
    {
    }

    Result<void> open(const access::OpenLogin& request) override;
    Result<bool> renew_code(const std::string& project_id, const std::string& login_id,
                            const std::string& digest, TimePoint expires_at) override;
    Result<int> prune(TimePoint now, int rows_max) override;

private:
    Database& database_;
    EventWriter& events_;
};

}  // namespace accessd::store
