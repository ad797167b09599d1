#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace accessd::face_worker {

/// Puts values behind each other, in the machine's own order of bytes: both ends are one program.
class WireWriter {
public:
    void u8(std::uint8_t value) { put(value); }
    void u32(std::uint32_t value) { put(value); }
    void f32(float value) { put(value); }
    void flag(bool value) { u8(value ? 1 : 0); }
    /// With its length in front.
    void text(std::string_view value)
    {
        u32(static_cast<std::uint32_t>(value.size()));
        bytes_ += value;
    }
    std::string take() { return std::move(bytes_); }

private:
    template <class Value>
    void put(Value value)
    {
        char raw[sizeof(Value)];
        std::memcpy(raw, &value, sizeof(Value));
        bytes_.append(raw, sizeof(Value));
    }

    std::string bytes_;
};

/// Takes them out again. Bytes from a worker are from outside: after the first that is missing or not
/// allowed, everything reads as zero and is_whole() says so.
class WireReader {
public:
    explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

    std::uint8_t u8() { return take<std::uint8_t>(); }
    std::uint32_t u32() { return take<std::uint32_t>(); }
    /// Finite, or the reading has failed.
    float f32();
    /// 0 or 1, or the reading has failed.
    bool flag() { return up_to(1) != 0; }
    /// At most `max`, or the reading has failed.
    std::uint32_t count(std::uint32_t max);
    std::uint8_t up_to(std::uint8_t max);
    /// At most `bytes_max` long, or the reading has failed.
    std::string_view text(std::uint32_t bytes_max);
    /// All that is left.
    std::string_view rest();

    /// Nothing was missing, wrong or left over.
    bool is_whole() const { return is_sound_ && bytes_.empty(); }
    bool is_sound() const { return is_sound_; }
    void fail()
    {
        is_sound_ = false;
        bytes_ = {};
    }

private:
    template <class Value>
    Value take()
    {
        Value value{};
        if (bytes_.size() < sizeof(Value)) {
            fail();
            return value;
        }
        std::memcpy(&value, bytes_.data(), sizeof(Value));
        bytes_.remove_prefix(sizeof(Value));
        return value;
    }

    std::string_view bytes_;
    bool is_sound_ = true;
};

}  // namespace accessd::face_worker
