#include "biometrics/picture_field_handlers.h"

#include "base/encoding.h"

#include <gtest/gtest.h>

namespace accessd::test {
namespace {

using biometrics::picture_of;

TEST(PictureFieldTest, TakesBase64BareAndAsDataUri)
{
    const std::string bytes{"\xff\xd8\xff\xe0 a picture?", 15};
    const auto text = to_base64(bytes);

    EXPECT_EQ(picture_of(text).value(), bytes);
    EXPECT_EQ(picture_of("data:image/jpeg;base64," + text).value(), bytes);
    EXPECT_EQ(picture_of("data:image/png;base64," + text).value(), bytes);
    EXPECT_EQ(picture_of("/+8=").value(), "\xff\xef");
    EXPECT_EQ(picture_of("/+8").value(), "\xff\xef") << "padding may be missing";
}

TEST(PictureFieldTest, RefusesWhatIsNoPictureInBase64)
{
    for (const std::string text :
         {"", "=", "====", "A", "AAAAA", "not base64", "AA=A", "_-8=", "AA\nAA",
          "/+9=", "data:image/gif;base64,AAAA", "data:image/jpeg,AAAA", "data:,AAAA"}) {
        const auto refused = picture_of(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, ErrorCode::InvalidImage) << text;
        EXPECT_FALSE(refused.error().message.empty());
    }
}

TEST(PictureFieldTest, RefusesMoreThanSixMebibytes)
{
    const std::string most(6 * 1024 * 1024, 'x');

    EXPECT_TRUE(picture_of(to_base64(most)));
    EXPECT_EQ(picture_of(to_base64(most + "x")).error().code, ErrorCode::InvalidImage);
}

TEST(PictureFieldTest, NamesWhichOfSeveralIsWrong)
{
    const auto refused = biometrics::pictures_of({"AAAA", "!"});

    ASSERT_FALSE(refused);
    EXPECT_EQ(std::get<std::int64_t>(refused.error().details.at(0).second), 1);
}

}  // namespace
}  // namespace accessd::test
