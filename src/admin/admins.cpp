#include "admin/admins.h"

#include "base/id.h"

#include <chrono>

namespace accessd::admin {
namespace {

constexpr auto kInvitationLife = std::chrono::hours{24};
/// Longer than any token of an admin could live. Source: tokens::TokenPolicy.
constexpr auto kTokenLifeMax = std::chrono::hours{25};

Result<void> check_may_read(const Caller& caller)
{
    if (caller.projects.is_all() && caller.may(Scope::Read)) return {};
    return Error{ErrorCode::InsufficientScope}.saying(
        "Admins are the whole server's matter; this caller is bound to projects.");
}

Result<void> check_may_manage(const Caller& caller)
{
    if (caller.may_administer()) return {};
    return Error{ErrorCode::InsufficientScope}.saying(
        "Only an owner, or a key that manages all projects, manages admins.");
}

/// Nobody hands out more than they hold.
Result<void> check_may_give(const Caller& caller, Role role)
{
    for (const auto scope : {Scope::Access, Scope::Manage, Scope::Read}) {
        if ((scopes_of(role) & static_cast<std::uint8_t>(scope)) != 0 && !caller.may(scope)) {
            return Error{ErrorCode::InsufficientScope}.saying(
                "A token can't give a role with a scope that it lacks itself.");
        }
    }
    return {};
}

bool was_overtaken(const Error& error)
{
    return error.code == ErrorCode::Conflict && error.details.empty();
}

}  // namespace

Caller operator_caller()
{
    Caller caller;
    caller.subject = "command";
    caller.scopes = static_cast<std::uint8_t>(Scope::Any);
    caller.projects = ProjectScope::all();
    return caller;
}

Admins::Admins(AdminStore& store, ConsoleSessions& sessions, tokens::Revocations& revocations,
               Clock& clock, Random& random)
    : store_(store), sessions_(sessions), revocations_(revocations), clock_(clock), random_(random)
{
}

Result<Admins::Invited> Admins::invite(const Caller& caller, NewAdmin wish,
                                       const events::AuditEntry& audit)
{
    ACCESSD_CHECK(check_may_manage(caller));
    ACCESSD_CHECK(check_may_give(caller, wish.role));
    Invited invited;
    auto& admin = invited.admin;
    admin.created_at = admin.updated_at = clock_.now();
    admin.id = make_id("adm_", admin.created_at, random_);
    admin.email = std::move(wish.email);
    admin.name = std::move(wish.name);
    admin.role = wish.role;
    admin.projects = wish.role == Role::Owner ? ProjectScope::all() : std::move(wish.projects);
    ACCESSD_CHECK(store_.insert(admin, audit.about(admin.id, {})));
    // The admin's making tells of the link, too.
    ACCESSD_TRY(auto link, sessions_.make_link(admin.id, kInvitationLife, {}));
    invited.link = std::move(link.secret);
    invited.link_expires_at = link.expires_at;
    return invited;
}

Result<Admin> Admins::get(const Caller& caller, const std::string& id)
{
    ACCESSD_CHECK(check_may_read(caller));
    if (!looks_like_id(id, "adm_")) return ErrorCode::AdminNotFound;
    ACCESSD_TRY(auto admin, store_.find(id));
    if (!admin) return ErrorCode::AdminNotFound;
    return std::move(*admin);
}

Result<Admin> Admins::get_by_email(const Caller& caller, const std::string& email)
{
    ACCESSD_CHECK(check_may_read(caller));
    ACCESSD_TRY(auto admin, store_.find_by_email(email));
    if (!admin) return ErrorCode::AdminNotFound;
    return std::move(*admin);
}

Result<Page<Admin>> Admins::list(const Caller& caller, const PageRequest& page)
{
    ACCESSD_CHECK(check_may_read(caller));
    return store_.list(page);
}

Result<Admin> Admins::change(const Caller& caller, const std::string& id,
                             const std::function<void(Admin&)>& change,
                             const Condition<Admin>& condition, const events::AuditEntry& audit)
{
    ACCESSD_CHECK(check_may_manage(caller));
    for (;;) {
        ACCESSD_TRY(auto admin, get(caller, id));
        ACCESSD_CHECK(check(condition, admin));
        const auto role_before = admin.role;
        change(admin);
        if (admin.role != role_before) ACCESSD_CHECK(check_may_give(caller, admin.role));
        if (admin.role == Role::Owner) admin.projects = ProjectScope::all();
        admin.updated_at = clock_.now();
        auto updated = store_.update(admin, audit.about(id, {}));
        if (!updated && was_overtaken(updated.error())) continue;  // Read it again.
        if (!updated) return std::move(updated).error();
        ACCESSD_CHECK(end_access(id));
        return get(caller, id);
    }
}

Result<void> Admins::remove(const Caller& caller, const std::string& id,
                            const Condition<Admin>& condition, const events::AuditEntry& audit)
{
    ACCESSD_CHECK(check_may_manage(caller));
    for (;;) {
        ACCESSD_TRY(const auto admin, get(caller, id));
        ACCESSD_CHECK(check(condition, admin));
        const auto version = condition ? std::optional{admin.version} : std::nullopt;
        auto removed = store_.remove(id, version, audit.about(id, {}));
        if (!removed && was_overtaken(removed.error())) continue;
        if (!removed) return removed;
        return end_access(id);
    }
}

Result<bool> Admins::remove_factor(const Caller& caller, const std::string& id,
                                   const events::AuditEntry& audit)
{
    ACCESSD_CHECK(check_may_manage(caller));
    const auto removed = store_.remove_factor(id, audit.about(id, {}));
    sessions_.forget_copies();
    return removed;
}

Result<bool> Admins::remove_own_factor(const Admin& admin, const events::AuditEntry& audit)
{
    const auto removed = store_.remove_factor(admin.id, audit.about(admin.id, {}));
    sessions_.forget_copies();
    return removed;
}

/// The store has ended what lets the admin in, where that was due; this ends what is in memory.
Result<void> Admins::end_access(const std::string& id)
{
    sessions_.forget_copies();
    return revocations_.revoke_subject(id, clock_.now() + kTokenLifeMax, {});
}

}  // namespace accessd::admin
