#include "config/nearest.h"

#include <algorithm>
#include <utility>

namespace accessd::config {
namespace {

constexpr std::size_t kWordMax = 64;  // Longer words are no misspelling of ours.

std::string simplified(std::string_view word)
{
    std::string out{word};
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-') c = '_';
    }
    return out;
}

/// Letters to change, add, drop or swap with their neighbour to turn one word into the other.
/// Source: the optimal string alignment distance.
std::size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> two_above(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(two_above, above);
        std::swap(above, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
            const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (is_swap) row[j] = std::min(row[j], two_above[j - 2] + 1);
        }
    }
    return row[b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates)
{
    if (word.empty() || word.size() > kWordMax) return std::nullopt;
    const auto typed = simplified(word);
    std::optional<std::string> best;
    auto best_distance = std::max<std::size_t>(1, typed.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        const auto name = simplified(candidate);
        const auto distance = name.starts_with(typed + "_") ? 1 : edit_distance(typed, name);
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

}  // namespace accessd::config
