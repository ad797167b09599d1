#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace accessd::biometrics {

/// Rows of numbers in an eighth of a double's memory, for a first look at all of them: memory is what a search among
/// many waits for. A product with a row is known up to a bound, so that what is surely not among the best can be left out
/// and nothing else.
/// Threads: const functions are safe to call concurrently.
class RoughRows {
public:
    /// The length of every row. Drops what is there.
    void clear(std::size_t dimension = 0);
    void push_back(std::span<const float> row);
    void replace(std::size_t place, std::span<const float> row);
    /// The last row takes the place of the one that goes.
    void remove_at(std::size_t place);
    std::size_t size() const { return scales_.size(); }

    /// The places of all rows whose product with `probe` may be among the `count` largest: those, and the few
    /// that rounding doesn't tell from them. In rising order; all places if there are no more than `count`.
    std::vector<std::uint32_t> largest(std::span<const float> probe, std::size_t count) const;

private:
    struct Probe;
    Probe rounded(std::span<const float> probe) const;
    float error_bound(std::span<const float> probe, const Probe& rounded) const;

    std::size_t dimension_ = 0;
    std::size_t stride_ = 0;          ///< The dimension, up to a whole number of steps.
    std::vector<std::int8_t> codes_;  ///< A number is its code times its row's scale.
    std::vector<float> scales_;
    float scale_max_ = 0;  ///< Of all rows that were ever here.
};

}  // namespace accessd::biometrics
