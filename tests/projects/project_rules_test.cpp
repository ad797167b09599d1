#include "projects/project_rules.h"

#include "projects/project_json.h"
#include "projects/projects.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <string>

namespace accessd::test {
namespace {

using projects::Assurance;
using projects::Flow;
using projects::Method;
using projects::Mode;
using projects::Policy;

Flow email_flow()
{
    Flow flow;
    flow.name = "Login";
    flow.source_id = "src_1";
    flow.email.enabled = true;
    return flow;
}

struct FlowCase {
    std::string name;
    Mode mode;
    std::function<void(Flow&)> change;
    std::string missing;  ///< Part of what must be said; empty: the flow may be active.
};

class ActivationTest : public testing::TestWithParam<FlowCase> {};

TEST_P(ActivationTest, SaysWhatIsMissing)
{
    auto flow = email_flow();
    GetParam().change(flow);

    const auto missing = projects::missing_for_activation(flow, GetParam().mode);

    const auto& wanted = GetParam().missing;
    EXPECT_EQ(missing.empty(), wanted.empty());
    EXPECT_TRUE(
        std::any_of(missing.begin(), missing.end(),
                    [&](const auto& text) { return text.find(wanted) != std::string::npos; }) ||
        wanted.empty())
        << testing::PrintToString(missing);
}

void only_faces(Flow& flow)
{
    flow.email.enabled = false;
    flow.biometric.enabled = true;
    flow.policy = {Policy::Kind::Any, {Method::Biometric}};
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ActivationTest,
    testing::Values(FlowCase{"EmailIsEnough", Mode::Live, [](Flow&) {}, ""},
                    FlowCase{"NoMethod", Mode::Test, [](Flow& flow) { flow.email.enabled = false; },
                             "enable a login method"},
                    FlowCase{"NoSource", Mode::Test, [](Flow& flow) { flow.source_id.clear(); },
                             "connect a source"},
                    FlowCase{"PolicyNamesAMethodThatIsOff", Mode::Test,
                             [](Flow& flow) {
                                 flow.policy = {Policy::Kind::All, {Method::Email, Method::Phone}};
                             },
                             "enable phone"},
                    FlowCase{"PolicyNamesNoneThatIsOn", Mode::Test,
                             [](Flow& flow) {
                                 flow.policy = {Policy::Kind::Any, {Method::Phone}};
                             },
                             "enable a method that the policy names"},
                    FlowCase{"FacesAloneByOversight", Mode::Test, only_faces, "set biometric_only"},
                    FlowCase{"FacesAloneOnPurpose", Mode::Test,
                             [](Flow& flow) {
                                 only_faces(flow);
                                 flow.biometric.biometric_only = true;
                             },
                             ""},
                    FlowCase{"LowAssuranceInALiveProject", Mode::Live,
                             [](Flow& flow) {
                                 flow.biometric.enabled = true;
                                 flow.biometric.min_assurance = Assurance::Low;
                             },
                             "accept_low_assurance"},
                    FlowCase{"LowAssuranceInATestProject", Mode::Test,
                             [](Flow& flow) {
                                 flow.biometric.enabled = true;
                                 flow.biometric.min_assurance = Assurance::Low;
                             },
                             ""}),
    [](const testing::TestParamInfo<FlowCase>& row) { return row.param.name; });

TEST(SlugTest, TakesWhatAnAddressCanHold)
{
    for (const auto* good :
         {"abc", "a-b", "shop-2026", "0123456789012345678901234567890123456789"}) {
        EXPECT_TRUE(projects::is_slug(good)) << good;
    }
    for (const auto* bad : {"", "ab", "-abc", "abc-", "Abc", "a_c", "a b", "ñandú",
                            "01234567890123456789012345678901234567890"}) {
        EXPECT_FALSE(projects::is_slug(bad)) << bad;
    }
}

TEST(SlugTest, IsMadeOfAName)
{
    EXPECT_EQ(projects::make_slug("My Shop!"), "my-shop");
    EXPECT_EQ(projects::make_slug("東京"), "project");
    EXPECT_TRUE(projects::is_slug(projects::make_slug(std::string(60, 'x') + " - ")));
}

TEST(ProjectDocumentTest, ReadsBackWhatItWrote)
{
    projects::Project project;
    project.name = "Café \"Ana\"";
    project.allowed_countries = {"ES", "PT"};
    project.default_language = contacts::Language::Portuguese;
    project.mode = Mode::Live;
    project.contact_email = "help@example.com";
    project.branding.primary_color = "#123456";
    project.retention.events = 7;

    projects::Project read;
    ASSERT_TRUE(projects::read_document(projects::to_document(project), read));

    EXPECT_EQ(projects::to_document(read), projects::to_document(project));
    EXPECT_EQ(read.name, project.name);
    EXPECT_EQ(read.retention, project.retention);
}

TEST(FlowDocumentTest, ReadsBackWhatItWrote)
{
    auto flow = email_flow();
    flow.policy = {Policy::Kind::All, {Method::Biometric, Method::Email}};
    flow.redirect_urls = {"https://a.example/"};
    flow.phone.fallback = projects::PhoneMethod::Fallback{std::chrono::seconds{45}, "whatsapp"};
    flow.biometric.min_assurance = Assurance::Active;
    flow.biometric.match_fmr = 1e-5;

    Flow read;
    ASSERT_TRUE(projects::read_document(projects::to_document(flow), read));

    EXPECT_EQ(projects::to_document(read), projects::to_document(flow));
    EXPECT_EQ(read.policy, flow.policy);
    EXPECT_EQ(read.biometric.match_fmr, 1e-5);
}

TEST(FlowDocumentTest, KeepsDefaultsForWhatAnOlderReleaseDidNotWrite)
{
    Flow read;
    ASSERT_TRUE(projects::read_document(R"({"name": "Old"})", read));

    EXPECT_EQ(read.name, "Old");
    EXPECT_EQ(read.email.otp_length, 6);
    EXPECT_FALSE(projects::read_document("[]", read));
    EXPECT_FALSE(projects::read_document(R"({"name": 1})", read));
}

TEST(SetupStepsTest, NamesTheNextThingToDo)
{
    projects::ProjectSetup setup;
    setup.project.mode = Mode::Live;
    setup.project.contact_email = "help@example.com";

    const auto empty = projects::setup_steps(setup, true, {});
    EXPECT_EQ(empty[1].state, projects::SetupStep::State::Missing);
    EXPECT_EQ(empty[1].next, "Create a login flow.");

    auto flow = email_flow();
    flow.status = projects::FlowStatus::Active;
    setup.flows = {flow};
    users::Source source;
    source.id = "src_1";
    source.kind = users::SourceKind::Directory;
    setup.sources = {source};
    const auto done = projects::setup_steps(setup, true, {});
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(done[i].state, projects::SetupStep::State::Done) << done[i].step;
    }

    EXPECT_EQ(projects::setup_steps(setup, false, {})[0].state,
              projects::SetupStep::State::Warning);
}

}  // namespace
}  // namespace accessd::test
