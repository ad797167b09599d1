#include "sources/answer_cache.h"

#include <algorithm>
#include <utility>

namespace accessd::sources {

std::string AnswerCache::key_of(const users::Contact& contact)
{
    return std::string{users::to_text(contact.kind)} + ":" + contact.text;
}

std::optional<std::optional<users::Person>> AnswerCache::find(const users::Contact& contact,
                                                              TimePoint now,
                                                              std::chrono::seconds age_max)
{
    if (life_.count() == 0) return std::nullopt;
    const std::scoped_lock lock{mutex_};
    const auto found = by_key_.find(key_of(contact));
    if (found == by_key_.end() || now - found->second->kept_at >= std::min(life_, age_max)) {
        return std::nullopt;
    }
    return found->second->person;
}

void AnswerCache::put(const users::Contact& contact, std::optional<users::Person> person,
                      TimePoint now)
{
    if (life_.count() == 0) return;
    auto key = key_of(contact);
    const std::scoped_lock lock{mutex_};
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        entries_.erase(found->second);
        by_key_.erase(found);
    }
    entries_.push_front({key, std::move(person), now});
    by_key_.emplace(std::move(key), entries_.begin());
    while (entries_.size() > kEntriesMax || now - entries_.back().kept_at >= life_) {
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }
}

}  // namespace accessd::sources
