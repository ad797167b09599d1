#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace accessd::test {

/// What a sensor adds to each value: normally distributed around 0. Drawn from 65,536 deviates that were made once, since
/// making one for each byte of some thousand pictures takes longer than all that is tested with them.
class SensorNoise {
public:
    explicit SensorNoise(double deviation) : deviation_(deviation) {}

    double operator()(std::mt19937& random)
    {
        if (draws_ == 0) {
            bits_ = static_cast<std::uint32_t>(random());
            draws_ = 2;
        }
        --draws_;
        const auto place = bits_ & 0xFFFFU;
        bits_ >>= 16U;
        return deviation_ * deviates()[place];
    }

private:
    static const std::vector<float>& deviates()
    {
        static const auto made = [] {
            std::mt19937 random{1};
            std::normal_distribution<float> around;
            std::vector<float> deviates(std::size_t{1} << 16U);
            for (auto& one : deviates) one = around(random);
            return deviates;
        }();
        return made;
    }

    double deviation_;
    std::uint32_t bits_ = 0;
    int draws_ = 0;  ///< Left in bits_.
};

}  // namespace accessd::test
