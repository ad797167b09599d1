#include "biometrics/rough_rows.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <queue>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace accessd::biometrics {
namespace {

constexpr float kCodeMax = 127;
/// Finer, for there is one probe; sums of products of 2,000 numbers still fit 32 bits.
constexpr float kProbeCodeMax = 8191;
/// Numbers that one step takes.
constexpr std::size_t kStep = 16;
/// What sums in single numbers lose, of products of vectors of length 1 and a little more.
constexpr float kSlack = 1e-5F;

float scale_of(std::span<const float> numbers, float code_max)
{
    float largest = 0;
    for (const float number : numbers) largest = std::max(largest, std::abs(number));
    return largest > 0 ? largest / code_max : 1;
}

std::int32_t product_of(const std::int8_t* row, const std::int16_t* probe, std::size_t length)
{
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < length; ++i) sum += row[i] * probe[i];
    return sum;
}

/// Products of `count` rows, one after the other.
void products_plainly(const std::int8_t* rows, const std::int16_t* probe, std::size_t length,
                      std::span<std::int32_t> products)
{
    for (std::size_t place = 0; place < products.size(); ++place) {
        products[place] = product_of(rows + place * length, probe, length);
    }
}

#if defined(__x86_64__)
/// The same on processors that multiply sixteen numbers at once.
__attribute__((target("avx2"))) void products_by_sixteen(const std::int8_t* rows,
                                                         const std::int16_t* probe,
                                                         std::size_t length,
                                                         std::span<std::int32_t> products)
{
    for (std::size_t place = 0; place < products.size(); ++place) {
        const auto* row = rows + place * length;
        auto sums = _mm256_setzero_si256();
        for (std::size_t i = 0; i < length; i += kStep) {
            const auto codes =
                _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i)));
            const auto factors = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(probe + i));
            sums = _mm256_add_epi32(sums, _mm256_madd_epi16(codes, factors));
        }
        auto four = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
        four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0b01'00'11'10));
        four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0b10'11'00'01));
        products[place] = _mm_cvtsi128_si32(four);
    }
}
#endif

using Products = void (*)(const std::int8_t*, const std::int16_t*, std::size_t,
                          std::span<std::int32_t>);

Products quickest_products()
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return products_by_sixteen;
#endif
    return products_plainly;
}

/// The `count`-th largest. There must be so many.
float largest_but(std::span<const float> numbers, std::size_t count)
{
    std::priority_queue<float, std::vector<float>, std::greater<>> best;
    for (const float number : numbers) {
        if (best.size() == count) {
            if (number <= best.top()) continue;
            best.pop();
        }
        best.push(number);
    }
    return best.top();
}

}  // namespace

struct RoughRows::Probe {
    std::vector<std::int16_t> codes;
    float scale = 1;
};

void RoughRows::clear(std::size_t dimension)
{
    dimension_ = dimension;
    stride_ = (dimension + kStep - 1) / kStep * kStep;
    codes_.clear();
    scales_.clear();
    scale_max_ = 0;
}

void RoughRows::push_back(std::span<const float> row)
{
    codes_.resize(codes_.size() + stride_);
    scales_.push_back(0);
    replace(scales_.size() - 1, row);
}

void RoughRows::replace(std::size_t place, std::span<const float> row)
{
    const float scale = scale_of(row, kCodeMax);
    auto* codes = codes_.data() + place * stride_;
    for (std::size_t i = 0; i < dimension_; ++i) {
        codes[i] = static_cast<std::int8_t>(std::lround(row[i] / scale));
    }
    scales_[place] = scale;
    scale_max_ = std::max(scale_max_, scale);
}

void RoughRows::remove_at(std::size_t place)
{
    const auto last = scales_.size() - 1;
    std::copy_n(codes_.data() + last * stride_, stride_, codes_.data() + place * stride_);
    scales_[place] = scales_[last];
    scales_.pop_back();
    codes_.resize(scales_.size() * stride_);
}

RoughRows::Probe RoughRows::rounded(std::span<const float> probe) const
{
    Probe made{std::vector<std::int16_t>(stride_), scale_of(probe, kProbeCodeMax)};
    for (std::size_t i = 0; i < dimension_; ++i) {
        made.codes[i] = static_cast<std::int16_t>(std::lround(probe[i] / made.scale));
    }
    return made;
}

/// How far a product of rounded numbers is from that of the true ones, at most: each number of a row is off by half its
/// scale, each of the probe by half of its own.
float RoughRows::error_bound(std::span<const float> probe, const Probe& rounded) const
{
    const float of_probe =
        std::accumulate(probe.begin(), probe.end(), 0.0F,
                        [](float sum, float number) { return sum + std::abs(number); });
    const float of_row = kCodeMax * scale_max_ * static_cast<float>(dimension_);
    return scale_max_ / 2 * of_probe + rounded.scale / 2 * of_row + kSlack * (1 + of_probe);
}

std::vector<std::uint32_t> RoughRows::largest(std::span<const float> probe, std::size_t count) const
{
    std::vector<std::uint32_t> places(size());
    std::iota(places.begin(), places.end(), 0U);
    if (size() <= count || probe.size() != dimension_) return places;

    const auto probe_codes = rounded(probe);
    std::vector<std::int32_t> sums(size());
    quickest_products()(codes_.data(), probe_codes.codes.data(), stride_, sums);
    std::vector<float> products(size());
    for (std::size_t place = 0; place < size(); ++place) {
        products[place] = static_cast<float>(sums[place]) * (scales_[place] * probe_codes.scale);
    }
    const float least = largest_but(products, count) - 2 * error_bound(probe, probe_codes);
    std::erase_if(places, [&](std::uint32_t place) { return products[place] < least; });
    return places;
}

}  // namespace accessd::biometrics
