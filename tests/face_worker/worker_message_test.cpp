#include "face_worker/worker_message.h"

#include "face_worker/wire.h"

#include <gtest/gtest.h>

#include <limits>

namespace accessd::face_worker {
namespace {

face::Analysis full_analysis()
{
    face::Analysis analysis;
    analysis.width = 640;
    analysis.height = 480;
    analysis.faces.resize(2);
    analysis.faces[0].box = {1, 2, 3, 4};
    analysis.faces[0].points.left_ear = {5, 6};
    analysis.faces[1].score = 0.75F;
    analysis.issues = {face::Issue::MultipleFaces, face::Issue::Expression};
    face::Measures measures;
    measures.mesh.resize(face::kMeshPoints);
    measures.mesh[467] = {7, 8, 9};
    measures.pose = {10, 11, 12};
    measures.eye_distance = 13;
    measures.left_eye_open = 14;
    measures.right_eye_open = 15;
    measures.mouth_open = 16;
    measures.brightness = 17;
    measures.clipped = 18;
    measures.sharpness = 19;
    measures.agreement = 20;
    analysis.measures = measures;
    analysis.embedding = face::Embedding{"model-1", {0.25F, -0.5F}};
    analysis.passive = face::PassiveLiveness{0.9F, 0.5F};
    analysis.fingerprint = face::Fingerprint{{0, 255, 7}};
    return analysis;
}

TEST(Message, CarriesAnAnalysisWhole)
{
    const auto sent = full_analysis();

    const auto got = read_analysis(to_body(sent));

    ASSERT_TRUE(got);
    EXPECT_EQ(to_body(*got), to_body(sent));
    EXPECT_EQ(got->width, 640);
    EXPECT_EQ(got->height, 480);
    EXPECT_EQ(got->faces[0].box.height, 4);
    EXPECT_EQ(got->faces[0].points.left_ear.y, 6);
    EXPECT_EQ(got->faces[1].score, 0.75F);
    EXPECT_EQ(got->issues, sent.issues);
    EXPECT_EQ(got->measures->mesh[467].z, 9);
    EXPECT_EQ(got->measures->pose.roll, 12);
    EXPECT_EQ(got->measures->agreement, 20);
    EXPECT_EQ(got->embedding->model, "model-1");
    EXPECT_EQ(got->embedding->values, sent.embedding->values);
    EXPECT_EQ(got->passive->threshold, 0.5F);
    EXPECT_EQ(got->fingerprint->bytes, sent.fingerprint->bytes);
}

TEST(Message, CarriesAnAnalysisOfNothing)
{
    const auto got = read_analysis(to_body(face::Analysis{}));

    ASSERT_TRUE(got);
    EXPECT_FALSE(got->measures || got->embedding || got->passive || got->fingerprint);
}

TEST(Message, RefusesAnAnalysisCutShortOrTooLong)
{
    const auto body = to_body(full_analysis());
    for (std::size_t length = 0; length < body.size(); ++length) {
        EXPECT_FALSE(read_analysis(std::string_view{body}.substr(0, length))) << length;
    }
    EXPECT_FALSE(read_analysis(body + "x"));
}

TEST(Message, RefusesAnAnalysisThatNoEngineGives)
{
    using Edit = void (*)(face::Analysis&);
    const std::pair<const char*, Edit> edits[] = {
        {"a mesh of another size", [](auto& a) { a.measures->mesh.resize(12); }},
        {"a score that is no number",
         [](auto& a) { a.passive->score = std::numeric_limits<float>::quiet_NaN(); }},
        {"an embedding without end",
         [](auto& a) { a.embedding->values[0] = std::numeric_limits<float>::infinity(); }},
        {"a huge embedding", [](auto& a) { a.embedding->values.resize(5000); }},
        {"an empty embedding", [](auto& a) { a.embedding->values.clear(); }},
        {"no model", [](auto& a) { a.embedding->model.clear(); }},
        {"a huge model name", [](auto& a) { a.embedding->model.assign(300, 'x'); }},
        {"a huge fingerprint", [](auto& a) { a.fingerprint->bytes.resize(20'000); }},
        {"an unknown issue", [](auto& a) { a.issues[0] = static_cast<face::Issue>(99); }},
        {"too many issues", [](auto& a) { a.issues.resize(20); }},
        {"a huge width", [](auto& a) { a.width = 1'000'000; }},
        {"a negative height", [](auto& a) { a.height = -1; }},
    };
    for (const auto& [name, edit] : edits) {
        auto analysis = full_analysis();
        edit(analysis);
        EXPECT_FALSE(read_analysis(to_body(analysis))) << name;
    }
}

TEST(Message, LeavesOutFacesBeyond64)
{
    face::Analysis crowd;
    crowd.faces.resize(100);

    EXPECT_EQ(read_analysis(to_body(crowd))->faces.size(), 64U);
}

TEST(Message, CarriesWhatIsWanted)
{
    const face::Wanted wanted{face::Purpose::Enrolment, true, false, true, true};

    const auto body = to_request("a picture", wanted);
    const auto got = read_request(body);

    ASSERT_TRUE(got);
    EXPECT_EQ(got->wanted.purpose, face::Purpose::Enrolment);
    EXPECT_TRUE(got->wanted.mesh);
    EXPECT_FALSE(got->wanted.embedding);
    EXPECT_TRUE(got->wanted.passive);
    EXPECT_TRUE(got->wanted.fingerprint);
    EXPECT_EQ(got->image, "a picture");
    EXPECT_FALSE(read_request("\x09" + body.substr(1))) << "no such purpose";
    EXPECT_FALSE(read_request("ab"));
}

TEST(Message, RefusesForeignHeads)
{
    const auto head = head_bytes(static_cast<std::uint32_t>(ReplyKind::Answer), 100);

    EXPECT_TRUE(read_reply_head(head));
    EXPECT_FALSE(read_reply_head("HTTP/1.1 200"));
    EXPECT_FALSE(read_reply_head(head.substr(1)));
    EXPECT_FALSE(read_reply_head(head_bytes(0, 100)));
    EXPECT_FALSE(read_reply_head(head_bytes(99, 100)));
    EXPECT_FALSE(
        read_reply_head(head_bytes(static_cast<std::uint32_t>(ReplyKind::Answer), 0xFFFFFFFF)));
}

TEST(Message, ShowsOnlySentencesThatAreSafe)
{
    EXPECT_EQ(safe_sentence("The PNG is broken."), "The PNG is broken.");
    EXPECT_EQ(safe_sentence("two\nlines"), "");
    EXPECT_EQ(safe_sentence("\x1b[31m"), "");
    EXPECT_EQ(safe_sentence("\xC3\xA4"), "");
    EXPECT_EQ(safe_sentence(std::string(501, 'x')), "");
}

}  // namespace
}  // namespace accessd::face_worker
