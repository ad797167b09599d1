#pragma once

#include "access/validation_store.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"

namespace accessd::store {

class SqlValidationStore final : public access::ValidationStore {
public:
    SqlValidationStore(Database& database, EventWriter& events, Random& random)
        : database_(database), events_(events), random_(random)
    {
    }

    Result<access::SentCode> send(const access::SendCode& request) override;
    void send_later(std::shared_ptr<const access::SendCode> request,
                    std::function<void(Result<access::SentCode>)> done) override;
    Result<access::UsedCode> use(const access::UseCode& request) override;
    void use_later(std::shared_ptr<const access::UseCode> request,
                   std::function<void(Result<access::UsedCode>)> done) override;
    Result<access::Validation> cancel(const std::string& id, const ProjectScope& scope,
                                      TimePoint now) override;
    Result<std::optional<access::Validation>> find(const std::string& id,
                                                   const ProjectScope& scope) override;
    Result<std::optional<access::LinkedValidation>> find_by_link(
        const std::string& digest) override;
    Result<Page<access::Validation>> list(const ProjectScope& scope,
                                          const access::ValidationFilter& filter,
                                          const PageRequest& page, TimePoint now) override;
    Result<std::optional<access::Login>> find_login(const std::string& id,
                                                    const ProjectScope& scope) override;
    Result<Page<access::Login>> list_logins(const ProjectScope& scope,
                                            const access::LoginFilter& filter,
                                            const PageRequest& page, TimePoint now) override;
    Result<int> expire(TimePoint now, int rows_max) override;

private:
    Database& database_;
    EventWriter& events_;
    Random& random_;  ///< Of the ids of blocks.
};

}  // namespace accessd::store
