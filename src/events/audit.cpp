#include "events/audit.h"

#include <array>
#include <utility>

namespace accessd::events {
namespace {

constexpr std::array<std::pair<ActorKind, std::string_view>, 3> kKinds{
    {{ActorKind::Key, "key"}, {ActorKind::Admin, "admin"}, {ActorKind::Command, "command"}}};

}  // namespace

std::string_view to_text(ActorKind kind)
{
    for (const auto& [known, text] : kKinds) {
        if (known == kind) return text;
    }
    return {};
}

std::optional<ActorKind> parse_actor_kind(std::string_view text)
{
    for (const auto& [kind, known] : kKinds) {
        if (known == text) return kind;
    }
    return std::nullopt;
}

AuditEntry audit_of_command(std::string action)
{
    AuditEntry entry;
    entry.actor = "command";
    entry.target_kind = action.substr(0, action.find('.'));
    entry.action = std::move(action);
    return entry;
}

}  // namespace accessd::events
