#include "users/directory.h"

#include "base/id.h"

#include <algorithm>
#include <cstdlib>

namespace accessd::users {
namespace {

constexpr int kChangeTries = 5;  // Changes of one user meet seldom; five losses mean a loop.

}  // namespace

std::string make_user_id(TimePoint now, Random& random) { return make_id("usr_", now, random); }

bool is_user_id(std::string_view text)
{
    // As a segment of a path, clients and proxies resolve these two away: nobody could reach them.
    // The third is a route of its own.
    if (text == "." || text == ".." || text == "export") return false;
    return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"._@:+-"}.find(c) != std::string_view::npos;
    });
}

Directory::Directory(UserStore& store, Clock& clock, Random& random)
    : store_(store), clock_(clock), random_(random)
{
}

Result<User> Directory::create(const std::string& project_id, NewUser user, bool test,
                               const events::AuditEntry& audit)
{
    User created;
    created.project_id = project_id;
    created.created_at = created.updated_at = clock_.now();
    created.user_id =
        user.user_id.empty() ? make_user_id(created.created_at, random_) : std::move(user.user_id);
    created.email = std::move(user.email);
    created.phone = std::move(user.phone);
    created.name = std::move(user.name);
    created.claims = std::move(user.claims);
    ACCESSD_CHECK(store_.insert(created, test, audit.about(created.user_id, project_id)));
    return created;
}

Result<User> Directory::get(const std::string& project_id, const std::string& user_id)
{
    ACCESSD_TRY(auto user, store_.find(project_id, user_id));
    if (!user) return ErrorCode::UserNotFound;
    return std::move(*user);
}

Result<User> Directory::change(const std::string& project_id, const std::string& user_id, bool test,
                               const std::function<void(User&)>& change,
                               const Condition<User>& condition, const events::AuditEntry& audit)
{
    for (int tries = 1;; ++tries) {
        ACCESSD_TRY(auto user, get(project_id, user_id));
        ACCESSD_CHECK(check(condition, user));
        change(user);
        user.updated_at = clock_.now();
        auto updated = store_.update(user, test, audit.about(user_id, project_id));
        if (updated) return user;
        const auto& error = updated.error();
        const bool was_overtaken = error.code == ErrorCode::Conflict && error.details.empty();
        if (!was_overtaken || tries == kChangeTries) return std::move(updated).error();
    }
}

Result<Erased> Directory::erase(const std::string& project_id, const std::string& user_id,
                                bool test, const Condition<User>& condition,
                                const events::AuditEntry& audit)
{
    for (;;) {
        std::optional<std::int64_t> version;
        if (condition) {
            ACCESSD_TRY(const auto user, get(project_id, user_id));
            ACCESSD_CHECK(condition(user));
            version = user.version;
        }
        auto erased = store_.erase(project_id, user_id, clock_.now(), test, version,
                                   audit.about(user_id, project_id));
        if (erased || erased.error().code != ErrorCode::Conflict) return erased;
    }
}

Result<std::optional<User>> Directory::find_by_email(const std::string& project_id,
                                                     const std::string& email)
{
    return store_.find_by_email(project_id, email);
}

Result<std::optional<User>> Directory::find_by_phone(const std::string& project_id,
                                                     const std::string& phone)
{
    return store_.find_by_phone(project_id, phone);
}

Result<std::optional<User>> Directory::find(const std::string& project_id, const Contact& contact)
{
    switch (contact.kind) {
    case ContactKind::Email: return store_.find_by_email(project_id, contact.text);
    case ContactKind::Phone: return store_.find_by_phone(project_id, contact.text);
    case ContactKind::UserId: return store_.find(project_id, contact.text);
    }
    std::abort();
}

}  // namespace accessd::users
