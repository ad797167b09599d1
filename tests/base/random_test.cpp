#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <vector>

namespace accessd {
namespace {

/// Gives out the 64-bit values of a script, and fails the test when it is used up.
class ScriptedRandom final : public Random {
public:
    explicit ScriptedRandom(std::vector<std::uint64_t> values) : values_(std::move(values)) {}

    void fill(std::span<std::uint8_t> out) override
    {
        ASSERT_EQ(out.size(), sizeof(std::uint64_t));
        ASSERT_LT(used, values_.size()) << "asked for more than the script holds";
        std::memcpy(out.data(), &values_[used++], out.size());
    }

    std::size_t used = 0;

private:
    std::vector<std::uint64_t> values_;
};

std::uint64_t power_of_ten(int exponent)
{
    std::uint64_t power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

/// The first value that is refused: the largest multiple of the range in 64 bits.
std::uint64_t edge_of(int digits)
{
    return UINT64_MAX / power_of_ten(digits) * power_of_ten(digits);
}

TEST(RandomDigitsTest, DrawsAgainFromTheEdgeOn)
{
    for (int count = 1; count <= 18; ++count) {
        SCOPED_TRACE(count);
        const auto edge = edge_of(count);
        const auto largest = power_of_ten(count) - 1;
        ScriptedRandom random{{edge, UINT64_MAX, edge - 1, 0, largest}};

        // Without the rejection, the edge would read as zeros and come once too often.
        EXPECT_EQ(random.digits(count), std::string(static_cast<std::size_t>(count), '9'));
        EXPECT_EQ(random.used, 3U);
        EXPECT_EQ(random.digits(count), std::string(static_cast<std::size_t>(count), '0'));
        EXPECT_EQ(random.digits(count), std::string(static_cast<std::size_t>(count), '9'));
        EXPECT_EQ(random.used, 5U);
    }
}

TEST(RandomDigitsTest, KeepsLeadingZeros)
{
    ScriptedRandom random{{42}};

    EXPECT_EQ(random.digits(6), "000042");
}

// Pearson's chi-square for each place of a code with nine degrees of freedom. By chance it exceeds 40
// once in 130,000 times: with 171 places tried, a run fails by chance about once in 750.
TEST(RandomDigitsTest, FavoursNoDigitAtAnyPlace)
{
    SystemRandom random;
    constexpr int draws = 20'000;
    for (int count = 1; count <= 18; ++count) {
        std::vector<std::array<int, 10>> seen(static_cast<std::size_t>(count));
        for (int i = 0; i < draws; ++i) {
            const auto code = random.digits(count);
            ASSERT_EQ(code.size(), static_cast<std::size_t>(count));
            for (std::size_t place = 0; place < code.size(); ++place) {
                ASSERT_TRUE(code[place] >= '0' && code[place] <= '9') << code;
                ++seen[place][static_cast<std::size_t>(code[place] - '0')];
            }
        }
        for (const auto& digits : seen) {
            double chi_square = 0;
            for (const int times : digits) {
                const double off = times - draws / 10.0;
                chi_square += off * off / (draws / 10.0);
            }
            EXPECT_LT(chi_square, 40) << count << " digits";
        }
    }
}

TEST(SystemRandomTest, FillsEveryByteAndNeverRepeats)
{
    SystemRandom random;
    std::set<std::string> seen;
    std::array<bool, 256> values{};
    for (int i = 0; i < 1000; ++i) {
        const auto bytes = random.bytes(16);
        ASSERT_EQ(bytes.size(), 16U);
        ASSERT_TRUE(seen.insert(bytes).second);
        for (const char byte : bytes) values[static_cast<unsigned char>(byte)] = true;
    }

    EXPECT_EQ(std::count(values.begin(), values.end(), true), 256);
    EXPECT_EQ(random.bytes(0), "");
}

}  // namespace
}  // namespace accessd
