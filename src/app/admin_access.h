#pragma once

#include "admin/admins.h"
#include "admin/console_sessions.h"
#include "app/admin_commands.h"
#include "app/descriptor.h"
#include "base/adjusted_clock.h"
#include "base/random.h"
#include "base/result.h"
#include "store/open.h"
#include "store/stores.h"
#include "tokens/api_keys.h"
#include "tokens/revocations.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>

namespace accessd::app {

/// Asks the server that runs on this data folder. Errors: NotFound when none does; those of the
/// command; RequestTimeout, Internal.
Result<nlohmann::json> ask_server(const std::string& data_dir, const nlohmann::json& request);

/// What a command acts through: the running server if there is one, or else the store itself, which is then
/// kept from starting servers until this is destroyed.
class AdminAccess {
public:
    /// Waits some seconds while another process has the store without answering: a server that is just
    /// starting or stopping, another command. Errors: Busy, StoreUnavailable.
    /// `url`: where links made without a server shall lead.
    static Result<std::unique_ptr<AdminAccess>> open(store::Place place,
                                                     const std::string& url = {});

    /// As AdminCommands::run.
    Result<nlohmann::json> call(const nlohmann::json& request);

private:
    explicit AdminAccess(store::Place place) : place_(std::move(place)) {}
    Result<void> open_store(const std::string& url);

    store::Place place_;
    AdjustedClock clock_;
    SystemRandom random_;
    std::unique_ptr<store::Stores> stores_;  ///< Null: a server runs.
    std::unique_ptr<tokens::Revocations> revocations_;
    std::unique_ptr<tokens::ApiKeys> keys_;
    std::unique_ptr<admin::ConsoleSessions> sessions_;
    std::unique_ptr<admin::Admins> admins_;
    std::unique_ptr<AdminCommands> commands_;
};

}  // namespace accessd::app
