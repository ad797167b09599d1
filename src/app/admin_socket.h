#pragma once

#include "app/admin_commands.h"
#include "app/admin_line.h"
#include "app/api_by_command.h"
#include "app/descriptor.h"
#include "app/sender_checks.h"
#include "base/result.h"

#include <sys/types.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace accessd::app {

/// Whether a process of user `peer` may administer a server of user `own`: that user, or root.
bool may_administer(uid_t peer, uid_t own);

/// The socket in the data folder at which other commands of this machine reach the running server: mode
/// 0600, the user on the other side asked of the kernel, one line in and one out, one caller at a time
/// on a thread of its own. Sizes and times are bounded.
class AdminSocket {
public:
    /// Binds; nothing is answered before start(). The caller has the lock of the folder, so a socket that is
    /// there already is that of a dead process and is replaced. Errors: Internal with a sentence.
    static Result<std::unique_ptr<AdminSocket>> create(const std::string& data_dir,
                                                       AdminCommands& commands);
    ~AdminSocket();
    AdminSocket(const AdminSocket&) = delete;
    AdminSocket& operator=(const AdminSocket&) = delete;

    /// {"command": "api", "method": ..., "path": ..., "body": ...} is answered by this, which only a running server has.
    /// Before start().
    void serve_api(std::unique_ptr<ApiByCommand> api) { api_ = std::move(api); }

    /// The same for {"command": "sender.check", "project_id": ..., "sender_id": ...}.
    void serve_sender_checks(std::unique_ptr<SenderChecks> checks)
    {
        sender_checks_ = std::move(checks);
    }

    void start();
    /// Ends after the command at hand, and removes the socket.
    void stop();

private:
    AdminSocket(const std::string& data_dir, AdminCommands& commands);
    Result<void> bind_socket();
    void run();
    void answer(int socket);
    Result<nlohmann::json> run_command(const nlohmann::json& request);

    AdminAddress address_;
    AdminCommands& commands_;
    std::unique_ptr<ApiByCommand> api_;
    std::unique_ptr<SenderChecks> sender_checks_;
    Descriptor listener_;
    Descriptor stop_;  ///< An eventfd: readable once stop() was called.
    std::thread thread_;
};

}  // namespace accessd::app
