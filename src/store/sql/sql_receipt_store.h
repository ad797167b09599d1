#pragma once

#include "delivery/receipt_store.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"

namespace accessd::store {

class SqlReceiptStore final : public delivery::ReceiptStore {
public:
    SqlReceiptStore(Database& database, EventWriter& events) : database_(database), events_(events)
    {
    }

    Result<bool> record(const std::string& sender_id, const std::string& project_id,
                        const delivery::Receipt& receipt) override;
    Result<void> spend(const delivery::OnceToken& token) override;
    Result<std::optional<std::string>> find_message_of(const std::string& sender_id,
                                                       const std::string& provider_id) override;
    Result<std::vector<delivery::Receipt>> of_validation(const std::string& project_id,
                                                         const std::string& validation_id) override;

private:
    Database& database_;
    EventWriter& events_;
};

}  // namespace accessd::store
