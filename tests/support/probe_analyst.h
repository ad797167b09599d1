#pragma once

#include "face_worker/pooled_analyst.h"
#include "support/pictures.h"
#include "support/probe_pool.h"

#include <string>

namespace accessd::test {

/// An Analyst whose workers find no faces, but fall into traps.
struct ProbeAnalyst : ProbePool {
    explicit ProbeAnalyst(face_worker::FacePoolSettings settings = probe_settings())
        : ProbePool(std::move(settings)), analyst(pool, metrics)
    {
    }
    face_worker::PooledAnalyst analyst;
};

/// A PNG of one colour; the probe reads it.
inline std::string trap(std::uint8_t what, std::uint8_t variant = 0)
{
    auto pixels = quarters(16, 16);
    for (std::size_t i = 0; i < pixels.rgb.size(); i += 3) {
        pixels.rgb[i] = kTrapRed;
        pixels.rgb[i + 1] = variant;
        pixels.rgb[i + 2] = what;
    }
    return to_png(pixels);
}

}  // namespace accessd::test
