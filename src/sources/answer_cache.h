#pragma once

#include "base/clock.h"
#include "users/person.h"

#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace accessd::sources {

/// What a source said of contacts not long ago. Known and unknown people are kept alike and as long: were they
/// not, the time of an answer would tell one from the other.
/// Threads: safe to call concurrently.
class AnswerCache {
public:
    static constexpr std::size_t kEntriesMax = 2'000;

    explicit AnswerCache(std::chrono::seconds life) : life_(life) {}

    /// The outer optional: whether it is known here, no longer than `age_max` ago. The inner: whether it was a person.
    std::optional<std::optional<users::Person>> find(
        const users::Contact& contact, TimePoint now,
        std::chrono::seconds age_max = std::chrono::hours{1});
    void put(const users::Contact& contact, std::optional<users::Person> person, TimePoint now);

private:
    struct Entry {
        std::string key;
        std::optional<users::Person> person;
        TimePoint kept_at;
    };
    static std::string key_of(const users::Contact& contact);

    const std::chrono::seconds life_;
    std::mutex mutex_;
    std::list<Entry> entries_;  ///< The newest first.
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace accessd::sources
