#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::store {

/// What a write must have to itself while it runs: whoever claims one of the same things waits for it.
///
/// The embedded engine runs one write at a time anyway. On PostgreSQL writes run side by side, and a write that
/// reads before it changes would decide on what another is changing. So each claims what it decides on: a
/// contact, a window of a limit. A write that says nothing claims everything, which is always right, and is what
/// administrative changes do: there are few of them.
class Claims {
public:
    /// Everything: no other write runs meanwhile.
    static Claims everything() { return Claims{true}; }
    /// Nothing: statements that are right by themselves, side by side with any other.
    static Claims nothing() { return Claims{false}; }

    /// `kind` and `names` together say what: ("contact", {project, address}).
    Claims& add(std::string_view kind, std::initializer_list<std::string_view> names)
    {
        std::uint64_t hash = kOffset;
        mix(hash, kind);
        for (const auto name : names) mix(hash, name);
        keys_.push_back(static_cast<std::int64_t>(hash));
        return *this;
    }

    /// The key of one thing: see add().
    static std::int64_t key_of(std::string_view kind, std::initializer_list<std::string_view> names)
    {
        return Claims{false}.add(kind, names).keys_.front();
    }

    bool is_everything() const { return is_everything_; }
    /// Sorted and each once, so that two writes with several never wait for each other in a circle.
    std::vector<std::int64_t> keys() const
    {
        auto sorted = keys_;
        std::sort(sorted.begin(), sorted.end());
        sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
        return sorted;
    }

private:
    explicit Claims(bool is_everything) : is_everything_(is_everything) {}

    // FNV-1a, 64 bits: two things with one key only wait for each other once too often.
    static constexpr std::uint64_t kOffset = 0xcbf29ce484222325U;
    static constexpr std::uint64_t kPrime = 0x100000001b3U;
    static void mix(std::uint64_t& hash, std::string_view text)
    {
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
        hash = (hash ^ 0xffU) * kPrime;  // No text holds it: where one ends and the next begins.
    }

    bool is_everything_;
    std::vector<std::int64_t> keys_;
};

/// Everything about one contact of a project: its pending validations, its limits and failures, whose it is.
inline Claims claim_contact(std::string_view project_id, std::string_view contact)
{
    auto claims = Claims::nothing();
    claims.add("contact", {project_id, contact});
    return claims;
}
/// The window of a limit, by its key.
inline void claim_window(Claims& claims, std::string_view key) { claims.add("window", {key}); }

}  // namespace accessd::store
