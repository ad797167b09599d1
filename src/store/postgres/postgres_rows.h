#pragma once

#include "store/postgres/postgres_connection.h"

#include <cstdint>
#include <string>

namespace accessd::store {

/// The rows come all at once, when the first is asked for.
class PostgresConnection::PendingRows final : public RowReader {
public:
    PendingRows(PostgresConnection& connection, std::uint64_t ticket)
        : connection_(connection), ticket_(ticket)
    {
    }
    PendingRows(const PendingRows&) = delete;
    PendingRows& operator=(const PendingRows&) = delete;

    std::uint64_t ticket() const { return ticket_; }
    bool has_come() const { return result_ != nullptr; }
    void take(Result result) { result_ = std::move(result); }

    bool next() override;
    int changed() override;
    std::int64_t integer(int column) const override;
    std::string text(int column) const override;
    bool is_null(int column) const override;
    void release() noexcept override;

    struct Release {
        void operator()(PendingRows* rows) const noexcept { rows->release(); }
    };

private:
    ~PendingRows() = default;

    PostgresConnection& connection_;
    std::uint64_t ticket_;
    Result result_;
    int row_ = -1;
};

}  // namespace accessd::store
