#pragma once

#include "base/result.h"
#include "http/io_loop.h"
#include "http/server.h"
#include "http/site.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace accessd::http {

/// Accepts the connections of one address and hands them to the loops in turn. Lives on the first
/// loop. The enumeration http::Listener names it: api or operations.
class ListeningSocket {
public:
    /// Binds at once; `setting` names the port's setting in errors.
    /// Errors: Internal with a sentence naming the setting.
    static Result<std::unique_ptr<ListeningSocket>> open(
        const ListenerSettings& settings, const std::string& setting, Site& site,
        const std::vector<std::unique_ptr<IoLoop>>& loops);
    ~ListeningSocket();

    std::uint16_t port() const;
    bool is_tls() const;
    /// Whether certificate or key file are others than when they were last read.
    /// Threads, for this and the next: one at a time.
    bool has_new_certificate() const;
    /// Reads both again for connections to come, or logs why they can't be used and keeps the old.
    void reload_certificate();
    /// Starts accepting. Threads: before the first loop runs, or on it.
    void start();
    /// Threads: the first loop's, or any after it ended.
    void close();

private:
    struct Socket;

    ListeningSocket(const ListenerSettings& settings, std::unique_ptr<Socket> socket, Site& site,
                    const std::vector<std::unique_ptr<IoLoop>>& loops);
    void accept();
    void back_off();

    ListenerSettings settings_;
    std::string certificate_stamp_;  ///< Tells the files' states apart.
    std::unique_ptr<Socket> socket_;
    Site& site_;
    const std::vector<std::unique_ptr<IoLoop>>& loops_;
    std::size_t next_loop_ = 0;
};

}  // namespace accessd::http
