#include "store/sql/person_rows.h"

#include "store/sql/user_rows.h"

#include <optional>
#include <utility>

namespace accessd::store {
namespace {

using events::EventType;
using users::User;

/// Takes a contact from whoever has it but is somebody else.
void release(Connection& connection, const PersonPlace& place, const users::Person& person,
             std::optional<User> owner, std::optional<std::string> User::*contact,
             std::vector<events::Event>& written)
{
    if (!owner || owner->user_id == person.user_id) return;
    (*owner).*contact = std::nullopt;
    owner->updated_at = place.now;
    update_user(connection, *owner);
    written.push_back(event_of(*owner, EventType::UserUpdated, place.now, place.test));
}

}  // namespace

User take_person(Connection& connection, const PersonPlace& place, const users::Person& person,
                 std::vector<events::Event>& written)
{
    const auto& project_id = place.project_id;
    if (person.email) {
        release(connection, place, person,
                find_user_by_email(connection, project_id, *person.email), &User::email, written);
    }
    if (person.phone) {
        release(connection, place, person,
                find_user_by_phone(connection, project_id, *person.phone), &User::phone, written);
    }
    auto known = find_user(connection, project_id, person.user_id);
    User user = known.value_or(User{});
    if (!known) {
        user.project_id = project_id;
        user.user_id = person.user_id;
        user.created_at = place.now;
    }
    // What a query doesn't tell stays: one for phones may leave the email out.
    if (person.email) user.email = person.email;
    if (person.phone) user.phone = person.phone;
    if (person.name) user.name = person.name;
    user.claims = person.claims;
    const bool is_same = known && user.email == known->email && user.phone == known->phone &&
                         user.name == known->name && user.claims == known->claims;
    if (is_same) return user;
    user.updated_at = place.now;
    if (known) {
        update_user(connection, user);
        ++user.version;
    } else {
        insert_user(connection, user);
    }
    written.push_back(event_of(user, known ? EventType::UserUpdated : EventType::UserCreated,
                               place.now, place.test));
    return user;
}

}  // namespace accessd::store
