#pragma once

#include "store/sql/sql_connection.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace accessd::store {

// How libpq is told the form of parameters and results.
inline constexpr int kTextForm = 0;
inline constexpr int kBinaryForm = 1;

/// Parameters in libpq's form. Numbers go as text, so that they fit whatever type the server finds for them. Texts are
/// pointed to: the binds must outlive this.
class PostgresParameters {
public:
    PostgresParameters(const Bind* binds, std::size_t count)
        : values_(count), lengths_(count), formats_(count), digits_(count)
    {
        for (std::size_t i = 0; i < count; ++i) put(i, binds[i].value());
    }
    int count() const { return static_cast<int>(values_.size()); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

private:
    void put(std::size_t i, const Bind::Value& value)
    {
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            auto& digits = digits_[i];
            *std::to_chars(digits.data(), digits.data() + digits.size() - 1, *number).ptr = '\0';
            values_[i] = digits.data();
            formats_[i] = kTextForm;
        } else if (const auto* text = std::get_if<std::string_view>(&value)) {
            put_bytes(i, *text);
        } else if (const auto* blob = std::get_if<Blob>(&value)) {
            put_bytes(i, blob->bytes);
        }
    }
    void put_bytes(std::size_t i, std::string_view bytes)
    {
        values_[i] = bytes.data() == nullptr ? "" : bytes.data();
        lengths_[i] = static_cast<int>(bytes.size());
        formats_[i] = kBinaryForm;
    }

    std::vector<const char*> values_;  ///< Null: NULL.
    std::vector<int> lengths_;
    std::vector<int> formats_;
    std::vector<std::array<char, 24>> digits_;
};

}  // namespace accessd::store
