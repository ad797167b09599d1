#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace accessd {

/// A key, code or password. Has no implicit way out, prints as ***, and clears its memory.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret& operator=(const Secret& other)
    {
        if (this != &other) *this = Secret{other};
        return *this;
    }
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.clear(); }
    Secret& operator=(Secret&& other) noexcept
    {
        if (this != &other) {
            clear();
            value_ = std::move(other.value_);
            other.clear();
        }
        return *this;
    }
    ~Secret() { clear(); }

    /// The only way to the value; named so that a search finds every use.
    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }

private:
    void clear();

    std::string value_;
};

/// "***", whatever the secret holds.
inline std::string_view to_text(const Secret&) { return "***"; }

}  // namespace accessd
