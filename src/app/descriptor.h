#pragma once

#include <unistd.h>

#include <utility>

namespace accessd::app {

/// Owns a file descriptor; closes it in the end.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(value_, other.value_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (value_ >= 0) ::close(value_);
    }

    bool is_open() const { return value_ >= 0; }
    int get() const { return value_; }

private:
    int value_ = -1;
};

}  // namespace accessd::app
