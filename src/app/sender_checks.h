#pragma once

#include "base/result.h"
#include "crypto/keyring.h"
#include "delivery/sender_store.h"
#include "outbound/guard.h"
#include "outbound/http_client.h"
#include "projects/project_store.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace accessd::app {

/// The active senders that projects brought, of up to 200 projects from `after` on (empty: from the first):
/// {"items": [{"project_id", "sender_id"}], "next": id or null}. Errors: StoreUnavailable.
Result<nlohmann::json> list_active_senders(projects::ProjectStore& projects,
                                           delivery::SenderStore& senders,
                                           const std::string& after);

/// Tries what projects' own senders log in with, for `accessd doctor`: their secrets are sealed, and only a process that has
/// the store can open them. Connects only where messages of projects may go. Sends nothing.
///
/// Threads: safe to call concurrently.
class SenderChecks {
public:
    struct Parts {
        delivery::SenderStore& senders;
        const crypto::Keyring& keyring;
        const outbound::Guard& guard;
        outbound::HttpClient& http;  ///< Of projects' own.
    };
    explicit SenderChecks(Parts parts) : parts_(parts) {}

    /// {"command": "sender.check", "project_id": ..., "sender_id": ...}: {"status", "check", "text", "advice"} of a Finding,
    /// after 10 s at most for each address that is tried. Errors: InvalidRequest with a sentence; SenderNotFound,
    /// StoreUnavailable, Internal where a secret can't be opened.
    Result<nlohmann::json> run(const nlohmann::json& request) const;

private:
    Parts parts_;
};

}  // namespace accessd::app
