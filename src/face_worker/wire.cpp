#include "face_worker/wire.h"

#include <cmath>

namespace accessd::face_worker {

float WireReader::f32()
{
    const auto value = take<float>();
    if (std::isfinite(value)) return value;
    fail();
    return 0;
}

std::uint32_t WireReader::count(std::uint32_t max)
{
    const auto value = u32();
    if (value <= max) return value;
    fail();
    return 0;
}

std::uint8_t WireReader::up_to(std::uint8_t max)
{
    const auto value = u8();
    if (value <= max) return value;
    fail();
    return 0;
}

std::string_view WireReader::text(std::uint32_t bytes_max)
{
    const auto length = count(bytes_max);
    if (length > bytes_.size()) fail();
    const auto value = bytes_.substr(0, is_sound_ ? length : 0);
    bytes_.remove_prefix(value.size());
    return value;
}

std::string_view WireReader::rest()
{
    const auto value = bytes_;
    bytes_ = {};
    return value;
}

}  // namespace accessd::face_worker
