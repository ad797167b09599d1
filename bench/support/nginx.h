#pragma once

#include "support/child_process.h"
#include "support/disk.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace accessd::bench {

/// In PATH, or where Debian keeps it.
std::optional<std::filesystem::path> find_nginx();

/// nginx as one process, serving one small file from memory's page cache at /healthz: what HTTP costs a server that
/// does nothing else.
class Nginx {
public:
    /// Throws std::runtime_error.
    Nginx(const std::filesystem::path& binary, const std::filesystem::path& parent);

    std::uint16_t port() const { return port_; }
    pid_t process() const { return process_->id(); }

private:
    std::string configuration() const;
    bool answers() const;

    TemporaryFolder folder_;
    std::uint16_t port_;
    std::optional<ChildProcess> process_;
};

}  // namespace accessd::bench
