#include "base/secret.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

namespace accessd {
namespace {

/// The bytes of an object itself, where short texts live.
template <class T>
std::string bytes_of(const T& object)
{
    std::string bytes(sizeof object, '\0');
    std::memcpy(bytes.data(), static_cast<const void*>(&object), sizeof object);
    return bytes;
}

TEST(SecretTest, PrintsAsStars)
{
    EXPECT_EQ(to_text(Secret{"123456"}), "***");
    EXPECT_EQ(to_text(Secret{}), "***");
}

TEST(SecretTest, HasNoImplicitWayOut)
{
    static_assert(!std::is_convertible_v<Secret, std::string>);
    static_assert(!std::is_convertible_v<Secret, std::string_view>);
    static_assert(!std::is_convertible_v<std::string, Secret>);
    EXPECT_EQ(Secret{"123456"}.reveal(), "123456");
    EXPECT_TRUE(Secret{}.empty());
}

TEST(SecretTest, LeavesNothingBehindWhenMoved)
{
    Secret code{"123456"};
    ASSERT_NE(bytes_of(code).find("123456"), std::string::npos);

    const Secret moved{std::move(code)};
    // Not the whole: moving a short text overwrites its first byte and leaves the others.
    EXPECT_EQ(bytes_of(code).find("3456"), std::string::npos);
    EXPECT_EQ(moved.reveal(), "123456");

    Secret target{"abcdef"};
    Secret source{"654321"};
    target = std::move(source);
    EXPECT_EQ(bytes_of(source).find("4321"), std::string::npos);
    EXPECT_EQ(bytes_of(target).find("cdef"), std::string::npos);
    EXPECT_EQ(target.reveal(), "654321");
}

TEST(SecretTest, LeavesNothingOfALongerOneWhenReplaced)
{
    Secret code{"abcdef123456"};
    const Secret other{"99"};

    code = other;

    EXPECT_EQ(code.reveal(), "99");
    EXPECT_EQ(bytes_of(code).find("3456"), std::string::npos);
}

TEST(SecretTest, ClearsItsMemoryAtItsEnd)
{
    alignas(Secret) std::array<unsigned char, sizeof(Secret)> place{};
    auto* secret = new (place.data()) Secret{"123456"};
    ASSERT_NE(bytes_of(place).find("123456"), std::string::npos);

    secret->~Secret();

    EXPECT_EQ(bytes_of(place).find("3456"), std::string::npos);
}

}  // namespace
}  // namespace accessd
