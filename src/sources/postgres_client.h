#pragma once

#include "sources/address_finder.h"
#include "sources/query_text.h"
#include "sources/source_client.h"

#include <cstdint>
#include <memory>
#include <string>

struct pg_conn;

namespace accessd::sources {

/// Asks a PostgreSQL database: in a transaction that only reads, with a time-out there too.
class PostgresClient final : public SourceClient {
public:
    /// `ca_file`: authorities (PEM) that certificates are checked with.
    PostgresClient(const SourceSettings& settings, QueryText query, const AddressFinder& addresses,
                   std::string ca_file);
    ~PostgresClient() override;

    tl::expected<Answer, Failure> ask(const users::Contact& contact, Deadline deadline) override;
    bool is_reusable() const override { return is_reusable_; }

private:
    using Outcome = tl::expected<void, Failure>;

    Outcome connect(Deadline deadline);
    Outcome connect_to(const std::string& address, Deadline deadline);
    Outcome begin(Deadline deadline);
    Outcome send(const users::Contact& contact);
    tl::expected<Answer, Failure> receive(Deadline deadline);
    Outcome run(const char* sql, Deadline deadline);
    Outcome wait_for_result(Deadline deadline);
    Outcome flush(Deadline deadline);
    Outcome poll(bool for_reading, Deadline deadline) const;
    Failure told(const char* what) const;

    SourceSettings settings_;
    QueryText query_;
    const AddressFinder& addresses_;
    std::string ca_file_;
    std::unique_ptr<pg_conn, void (*)(pg_conn*)> connection_;
    bool is_reusable_ = false;
    std::uint64_t bytes_before_ = 0;  ///< That came over the connection before this question.
};

}  // namespace accessd::sources
