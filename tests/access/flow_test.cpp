#include "access/flow.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace accessd::test {
namespace {

using projects::Method;
using projects::Policy;
using Methods = std::vector<Method>;

constexpr auto kEmail = Method::Email;
constexpr auto kPhone = Method::Phone;
constexpr auto kFace = Method::Biometric;

struct FlowCase {
    std::string name;
    Policy policy;
    Methods done;
    Methods remaining;
};

class FlowTest : public testing::TestWithParam<FlowCase> {};

TEST_P(FlowTest, SaysWhatALoginStillNeeds)
{
    const auto& row = GetParam();

    EXPECT_EQ(access::remaining_methods(row.policy, row.done), row.remaining);
    EXPECT_EQ(access::is_complete(row.policy, row.done), row.remaining.empty());
}

const Policy any_two{Policy::Kind::Any, {kEmail, kPhone}};
const Policy all_two{Policy::Kind::All, {kEmail, kFace}};

INSTANTIATE_TEST_SUITE_P(
    Rows, FlowTest,
    testing::Values(FlowCase{"AnyWithNothingDone", any_two, {}, {kEmail, kPhone}},
                    FlowCase{"AnyWithOneDone", any_two, {kPhone}, {}},
                    FlowCase{"AnyWithAnotherDone", any_two, {kFace}, {kEmail, kPhone}},
                    FlowCase{"AllWithNothingDone", all_two, {}, {kEmail, kFace}},
                    FlowCase{"AllWithOneDone", all_two, {kFace}, {kEmail}},
                    FlowCase{"AllWithBothDone", all_two, {kFace, kEmail}, {}},
                    FlowCase{"AllWithAnotherDone", all_two, {kPhone}, {kEmail, kFace}},
                    FlowCase{"FaceAloneUnderAny", {Policy::Kind::Any, {kFace}}, {kFace}, {}}),
    [](const testing::TestParamInfo<FlowCase>& row) { return row.param.name; });

}  // namespace
}  // namespace accessd::test
