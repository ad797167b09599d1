#include "biometrics/biometric_handlers.h"

#include "base/encoding.h"
#include "biometrics/face_compare_handlers.h"
#include "biometrics/face_handlers.h"
#include "face_fixture.h"

#include <nlohmann/json.hpp>

namespace accessd::test {
namespace {

using nlohmann::json;

/// What comes over HTTP, behind the router: which tokens may say and be told what.
class BiometricHandlersTest : public FaceTest {
protected:
    http::Request request(const json& body) const
    {
        http::Request made;
        made.method = "POST";
        made.body = body.dump();
        made.id = "test";
        made.peer = "203.0.113.9";
        made.caller.emplace();
        made.caller->subject = "key_1";
        made.caller->scopes = static_cast<std::uint8_t>(Scope::Access);
        made.caller->projects = ProjectScope::all();
        return made;
    }
    /// The same by the validation's own token.
    http::Request own_request(const json& body, const std::string& user_id,
                              const std::string& validation_id) const
    {
        auto made = request(body);
        made.caller->scopes = static_cast<std::uint8_t>(Scope::Validation);
        made.caller->projects = ProjectScope::only({project_id_});
        made.caller->validation = OwnValidation{project_id_, user_id, validation_id};
        return made;
    }
    static std::string picture(const std::string& shown) { return to_base64(shown); }

    static json data_of(const Result<http::Response>& response)
    {
        EXPECT_TRUE(response) << to_text(response.error().code);
        return json::parse(response->body).at("data");
    }
    json begun(const std::string& user_id)
    {
        return data_of(
            handlers_.start(request({{"user_id", user_id}, {"project_id", project_id_}})));
    }

    biometrics::BiometricHandlers handlers_{*enrolment_, *login_, clock_};
    biometrics::FaceHandlers faces_{stores_->faces(), stores_->users(), *projects_,
                                    stores_->validations(), clock_};
    biometrics::FaceCompareHandlers compare_handlers_{*compare_, *projects_};
};

TEST_F(BiometricHandlersTest, EnrolsAndLogsIn)
{
    const auto answer = handlers_.register_face(request(
        {{"user_id", "ana"}, {"project_id", project_id_}, {"face_image", picture("ana/1")}}));
    ASSERT_EQ(answer->status, 201);
    const auto enrolled = data_of(answer);
    EXPECT_EQ(enrolled.at("status"), "pending");
    EXPECT_EQ(enrolled.at("remaining"), json::array({"face", "liveness"}));
    EXPECT_EQ(enrolled.at("challenge").at("prompts").size(), 3U);
    EXPECT_EQ(enrolled.at("quality").size(), 1U);
    EXPECT_EQ(enrolled.at("token_type"), "Bearer");
    EXPECT_TRUE(enrolled.at("consent_id").is_null());
    const auto id = enrolled.at("validation_id");

    const auto matched = data_of(handlers_.verify_face(
        request({{"user_id", "ana"}, {"validation_id", id}, {"face_image", picture("ana/2")}})));
    EXPECT_EQ(matched.at("matched"), true);
    EXPECT_EQ(matched.at("status"), "pending");
    EXPECT_GT(matched.at("score").get<double>(), matched.at("threshold").get<double>());
    EXPECT_EQ(matched.at("match_fmr"), 1e-4);
    EXPECT_FALSE(matched.contains("login"));

    const auto live = data_of(handlers_.check_liveness(request(
        {{"validation_id", id}, {"face_image", "data:image/jpeg;base64," + picture("ana/3")}})));
    EXPECT_EQ(live.at("live"), true);
    EXPECT_EQ(live.at("assurance"), "low");
    EXPECT_TRUE(live.at("score").is_null());
    EXPECT_EQ(live.at("status"), "validated");
    EXPECT_EQ(live.at("login").at("status"), "complete");
    EXPECT_EQ(live.at("user").at("user_id"), "ana");
    EXPECT_TRUE(live.contains("token"));
}

TEST_F(BiometricHandlersTest, TellsPersonsNoScoreAndNoUser)
{
    enrolled("ana", "ana/1");
    const auto id = begun("ana").at("validation_id").get<std::string>();

    const auto matched = data_of(handlers_.verify_face(
        own_request({{"validation_id", id}, {"face_image", picture("ana/2")}}, "ana", id)));
    const auto live = data_of(handlers_.check_liveness(
        own_request({{"validation_id", id}, {"face_image", picture("ana/3")}}, "ana", id)));

    for (const auto* name : {"score", "threshold", "match_fmr", "user"}) {
        EXPECT_FALSE(matched.contains(name)) << name;
        EXPECT_FALSE(live.contains(name)) << name;
    }
    EXPECT_EQ(live.at("login").at("status"), "complete");
}

TEST_F(BiometricHandlersTest, AsksBusinessesWhoTheyMeanAndRefusesWordsOfPersons)
{
    enrolled("ana", "ana/1");
    const auto id = begun("ana").at("validation_id").get<std::string>();
    const json body{{"validation_id", id}, {"face_image", picture("ana/2")}};

    EXPECT_EQ(handlers_.verify_face(request(body)).error().fields.at(0).field, "user_id");
    auto with_client = body;
    with_client["client"] = {{"ip", "198.51.100.1"}};
    EXPECT_EQ(handlers_.verify_face(own_request(with_client, "ana", id)).error().fields.at(0).field,
              "client");
}

TEST_F(BiometricHandlersTest, LetsOnlyWhoMayManageReplaceOrActivate)
{
    for (const auto* field : {"replace", "activate"}) {
        json body{{"user_id", "ana"},
                  {"project_id", project_id_},
                  {"face_image", picture("ana/1")},
                  {field, true}};
        EXPECT_EQ(handlers_.register_face(request(body)).error().code,
                  ErrorCode::InsufficientScope);
        auto managed = request(body);
        managed.caller->scopes |= static_cast<std::uint8_t>(Scope::Manage);
        const auto data = data_of(handlers_.register_face(managed));
        EXPECT_EQ(data.at("status"), std::string_view{field} == "activate" ? "active" : "pending");
        EXPECT_EQ(data.contains("validation_id"), std::string_view{field} != "activate");
    }
}

TEST_F(BiometricHandlersTest, NamesEveryFieldAtFault)
{
    const auto refused = handlers_.register_face(
        request({{"user_id", "a b"},
                 {"face_image", "AAAA"},
                 {"face_images", json::array({"AAAA", "AAAA"})},
                 {"consent", {{"text_version", ""}, {"accepted_at", "yesterday"}}},
                 {"extra", 1}}));

    std::vector<std::string> names;
    for (const auto& issue : refused.error().fields) names.push_back(issue.field);
    for (const auto* name : {"project_id", "user_id", "face_image", "consent.text_version",
                             "consent.accepted_at", "extra"}) {
        EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
    }
    EXPECT_EQ(handlers_
                  .check_liveness(request(
                      {{"validation_id", "val_1"}, {"frames", json::array({"AAAA", "AAAA"})}}))
                  .error()
                  .fields.at(0)
                  .field,
              "frames");
}

TEST_F(BiometricHandlersTest, ListsAndDestroysFacesAndConsents)
{
    auto enrol = enrol_request("ana", {"ana/1"});
    enrol.activate = true;
    enrol.consent = biometrics::GivenConsent{"2026-03", clock_.now(), "203.0.113.9"};
    const auto face = enrolment_->enrol(enrol, all_).value().face;
    auto asked = request({});
    asked.body.clear();
    asked.parameters = {{"project_id", project_id_},
                        {"user_id", "ana"},
                        {"face_id", face.id},
                        {"consent_id", face.consent_id}};

    const auto listed = data_of(faces_.list(asked)).at("items").at(0);
    EXPECT_EQ(listed.at("face_id"), face.id);
    EXPECT_EQ(listed.at("status"), "active");
    EXPECT_EQ(data_of(faces_.consents(asked)).at("items").at(0).at("text_version"), "2026-03");
    EXPECT_EQ(data_of(faces_.withdraw(asked)).at("faces_destroyed"), 1);
    EXPECT_EQ(faces_.remove(asked).error().code, ErrorCode::FaceNotFound);
    EXPECT_TRUE(data_of(faces_.list(asked)).at("items").empty());
}

TEST_F(BiometricHandlersTest, ComparesAndFindsByItself)
{
    const auto compared = data_of(compare_handlers_.compare(
        request({{"probe", picture("ana/1")},
                 {"gallery", json::array({picture("bob/1"), picture("ana/2")})}})));
    EXPECT_EQ(compared.at("results").at(0).at("decision"), "no_match");
    EXPECT_EQ(compared.at("results").at(1).at("decision"), "match");
    EXPECT_EQ(compared.at("matched"), true);

    const auto detected =
        data_of(compare_handlers_.detect(request({{"face_image", picture("ana/1")}})));
    EXPECT_EQ(detected.at("faces").size(), 1U);
    EXPECT_EQ(compare_handlers_
                  .search(request({{"face_image", picture("ana/1")}, {"project_id", project_id_}}))
                  .error()
                  .code,
              ErrorCode::MethodDisabled);
}

}  // namespace
}  // namespace accessd::test
