#pragma once

#include "app/descriptor.h"
#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace accessd::app {

/// What goes over the administration socket: one line of JSON in, one line of JSON out.
inline constexpr std::size_t kAdminRequestMax = std::size_t{64} * 1024;
inline constexpr std::size_t kAdminAnswerMax =
    std::size_t{1024} * 1024;  // A page of 200 keys: 60 KiB.

/// Where the socket of a data folder is. A long path is reached through the folder's descriptor, because
/// an address holds 107 characters only.
class AdminAddress {
public:
    explicit AdminAddress(const std::string& data_dir);
    const sockaddr* get() const;
    socklen_t size() const;
    const std::string& path() const { return path_; }

private:
    std::string path_;
    Descriptor folder_;
    sockaddr_un address_{};
};

/// Up to the line feed, which is left out. Errors: RequestTimeout, BodyTooLarge, MalformedHttp when the
/// other side ended before that.
Result<std::string> read_admin_line(int socket, std::size_t bytes_max,
                                    std::chrono::milliseconds timeout);
/// Adds the line feed. Errors: RequestTimeout, Internal.
Result<void> write_admin_line(int socket, std::string_view line, std::chrono::milliseconds timeout);

/// {"ok": true, "data": ...} or {"ok": false, "code": ..., "error": ...}, and back.
std::string to_admin_answer(const Result<nlohmann::json>& outcome);
/// Errors: the one that was answered; Internal for a line that is no answer.
Result<nlohmann::json> from_admin_answer(std::string_view line);

}  // namespace accessd::app
