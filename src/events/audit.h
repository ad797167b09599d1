#pragma once

#include "base/clock.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::events {

/// Who made an administrative change.
enum class ActorKind {
    Key,      ///< Software with an API key.
    Admin,    ///< A person signed in to the console.
    Command,  ///< A command on the server's own machine.
};

std::string_view to_text(ActorKind kind);
std::optional<ActorKind> parse_actor_kind(std::string_view text);

/// One administrative change: who did what to what, never what the values are. It is made where a request
/// is read (events/audit_handlers.h), goes as the last argument through the domain to the store, and is
/// written by store/sql/audit_writer.h in the transaction of the change. One without an action is not
/// written: the change was nobody's administration, such as a user made by a first login.
struct AuditEntry {
    std::string id;  ///< aud_...; the store gives it, and the time.
    TimePoint at{};
    std::string actor;  ///< Id of the key or admin, or "command".
    ActorKind actor_kind = ActorKind::Command;
    std::string action;       ///< "project.changed".
    std::string target_kind;  ///< "project".
    std::string target_id;    ///< Empty: of a user who was erased since.
    std::string project_id;   ///< Empty: of no single project.
    std::vector<std::string>
        fields;          ///< Names of what was given; never values, secrets or contacts.
    std::string client;  ///< Network address of the caller.
    std::string request_id;

    /// The same, once it is known what the change is about.
    AuditEntry about(std::string target, std::string project) const
    {
        auto entry = *this;
        entry.target_id = std::move(target);
        entry.project_id = std::move(project);
        return entry;
    }
};

/// The entry of a change that a command on this machine makes: "key.created".
AuditEntry audit_of_command(std::string action);

}  // namespace accessd::events
