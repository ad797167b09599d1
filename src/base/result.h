#pragma once

#include "base/error.h"

#include <tl/expected.hpp>

#include <utility>

namespace accessd {

/// A value or the Error explaining its absence. Becomes std::expected with C++23.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
    Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}
    Result(ErrorCode code) : tl::expected<T, Error>(tl::unexpect, Error{code}) {}
};

}  // namespace accessd

#define ACCESSD_CONCAT_(a, b) a##b
#define ACCESSD_CONCAT(a, b) ACCESSD_CONCAT_(a, b)

#define ACCESSD_TRY_(result, declaration, expression)                                              \
    auto result = (expression);                                                                    \
    if (!result) return std::move(result).error();                                                 \
    declaration = *std::move(result)

/// ACCESSD_TRY(const auto user, users.get(id)); binds the value or returns the error.
#define ACCESSD_TRY(declaration, ...)                                                              \
    ACCESSD_TRY_(ACCESSD_CONCAT(try_result_, __LINE__), declaration, (__VA_ARGS__))

/// ACCESSD_CHECK(codes.insert(code)); returns the error of a Result<void>, if any.
#define ACCESSD_CHECK(...)                                                                         \
    do {                                                                                           \
        if (auto check_result = (__VA_ARGS__); !check_result)                                      \
            return std::move(check_result).error();                                                \
    } while (false)
