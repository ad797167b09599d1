#pragma once

#include "support/postgres_server.h"
#include "support/server.h"

#include <cstdint>
#include <string>

namespace accessd::bench {

/// Puts rows into a store as if logins of long ago had left them, by few statements, so that millions take seconds to
/// minutes. The same SQL runs on both engines.
class Fill {
public:
    /// The embedded store of a server that doesn't run now, or the database of one.
    Fill(const Server& server, const PostgresServer* postgres, const Account& account)
        : server_(server), postgres_(postgres), account_(account)
    {
    }

    /// People that the project knows, numbered on from `first`.
    void users(std::int64_t first, std::int64_t count) const;
    /// Codes that were sent and are still good, for a year.
    void pending_validations(std::int64_t first, std::int64_t count) const;
    /// What happened `days` ago, behind the events that the project has, which become as old.
    void events(std::int64_t count, int days) const;
    /// Statistics and a tidy table, as they'd be after a life of use: without it the engines plan for an empty one.
    void settle() const;

    /// The number of the project's oldest event; 0: it has none. Also while the server runs.
    std::int64_t oldest_event() const;
    /// On the disk, the logs of both engines excepted.
    double size_mb() const;

private:
    void run(const std::string& sql) const;
    std::string ask(const std::string& sql) const;

    const Server& server_;
    const PostgresServer* postgres_;
    const Account& account_;
};

}  // namespace accessd::bench
