#pragma once

#include "delivery/message_store.h"
#include "store/sql/database.h"

namespace accessd::store {

/// Of one recipient (?2) in a project (?1). Messages have no index of it; what they belong to has.
inline constexpr auto kOfRecipient = R"(
    id IN (SELECT message.id FROM validations JOIN messages AS message
               ON message.validation_id = validations.id
            WHERE validations.project_id = ?1 AND validations.recipient = ?2
            UNION ALL
           SELECT message_id FROM sample_messages WHERE project_id = ?1 AND recipient = ?2
            UNION ALL
           SELECT id FROM messages
            WHERE project_id = ?1 AND recipient = ?2 AND kind = 'webhook_disabled'))";

class SqlMessageStore final : public delivery::MessageStore {
public:
    explicit SqlMessageStore(Database& database) : database_(database) {}

    Result<Page<delivery::Message>> list(const std::string& project_id,
                                         const delivery::MessageFilter& filter,
                                         const PageRequest& page) override;
    Result<std::optional<delivery::Message>> find(const std::string& id,
                                                  const ProjectScope& scope) override;
    Result<std::vector<delivery::Attempt>> attempts(const std::string& message_id) override;
    Result<void> insert_sample(const delivery::Message& message,
                               const delivery::EmailText& words) override;
    Result<std::map<std::string, delivery::EmailText>> samples(
        const std::vector<std::string>& message_ids) override;

private:
    Database& database_;
};

}  // namespace accessd::store
