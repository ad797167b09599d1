#pragma once

#include "sources/address_finder.h"
#include "sources/query_text.h"
#include "sources/source_client.h"

#include <memory>
#include <string>

namespace accessd::sources {

/// Asks a MySQL or MariaDB database, in a session that only reads, with a time-out there too.
class MysqlClient final : public SourceClient {
public:
    MysqlClient(const SourceSettings& settings, QueryText query, const AddressFinder& addresses,
                std::string ca_file);
    ~MysqlClient() override;

    tl::expected<Answer, Failure> ask(const users::Contact& contact, Deadline deadline) override;
    bool is_reusable() const override { return is_reusable_; }

private:
    class Connection;

    SourceSettings settings_;
    QueryText query_;
    const AddressFinder& addresses_;
    std::string ca_file_;
    std::unique_ptr<Connection> connection_;
    bool is_reusable_ = false;
};

}  // namespace accessd::sources
