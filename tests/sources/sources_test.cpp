#include "sources/sources.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using sources::Finding;
using users::Contact;
using users::ContactKind;
using Freshness = users::PersonLookup::Freshness;

/// A customer's service as a test wants it.
class ScriptedService final : public outbound::HttpClient {
public:
    outbound::HttpResult send(const outbound::HttpRequest&) override
    {
        ++asked;
        if (is_dead) {
            return tl::unexpected{
                outbound::HttpFailure{outbound::HttpFailureKind::NotConnected, words}};
        }
        outbound::HttpAnswer answer;
        answer.status = body.empty() ? 404 : 200;
        answer.body = body;
        return answer;
    }
    std::string body = R"({"user_id": "ana", "email": "ana@example.com"})";
    std::string words = "nobody listens there";
    bool is_dead = false;
    int asked = 0;
};

/// Only remembers what is told of a source's health.
class HealthNotes final : public users::SourceStore {
public:
    Result<void> insert(const users::Source&, const events::AuditEntry&) override { return {}; }
    Result<std::optional<users::Source>> find(const std::string&, const ProjectScope&) override
    {
        return std::optional<users::Source>{};
    }
    Result<Page<users::Source>> list(const std::string&, const PageRequest&) override
    {
        return Page<users::Source>{};
    }
    Result<void> update(const users::Source&, const events::AuditEntry&) override { return {}; }
    Result<void> note_health(const std::string&, const std::string&, bool is_down,
                             const std::string&, TimePoint) override
    {
        notes.push_back(is_down);
        return {};
    }
    Result<void> remove(const std::string&, const std::string&, std::optional<std::int64_t>,
                        const events::AuditEntry&) override
    {
        return {};
    }
    std::vector<bool> notes;
};

class SourcesTest : public testing::Test {
protected:
    SourcesTest()
    {
        sources::SourceSettings settings;
        settings.kind = users::SourceKind::Http;
        settings.http.url = "https://shop.example/{email}";
        source_.id = "src_1";
        source_.project_id = "prj_1";
        source_.kind = users::SourceKind::Http;
        seal(settings);
    }
    void seal(const sources::SourceSettings& settings)
    {
        source_.sealed_settings =
            keyring_->seal(sources::to_document(settings).reveal(), users::source_context("src_1"));
        ++source_.version;
    }
    Result<std::optional<users::Person>> find(Freshness freshness = Freshness::MayBeCached)
    {
        return sources_.find(source_, ana_, freshness);
    }

    FakeClock clock_;
    FakeRandom random_;
    MemoryKeyMaterialStore keys_;
    std::unique_ptr<crypto::Keyring> keyring_ =
        crypto::Keyring::open(Secret{std::string(32, 'm')}, keys_, clock_, random_).value();
    outbound::Guard guard_{{}};
    ScriptedService service_;
    HealthNotes store_;
    sources::ClientFactory clients_{guard_, service_, clock_, {}};
    sources::Sources sources_{
        {.keyring = *keyring_, .clients = clients_, .store = store_, .clock = clock_}};
    users::Source source_;
    const Contact ana_{ContactKind::Email, "ana@example.com"};
};

TEST_F(SourcesTest, SendsByWhatWasSaidAndCompletesByWhatIs)
{
    EXPECT_EQ((*find())->user_id, "ana");
    service_.body.clear();  // She left.
    clock_.advance(2s);

    EXPECT_TRUE(*find()) << "who gets a code may be as it was";
    EXPECT_FALSE(*find(Freshness::Now)) << "who logs in is as it is";
    EXPECT_FALSE(*find()) << "and that is remembered";
    EXPECT_EQ(service_.asked, 2);
}

TEST_F(SourcesTest, RemembersUnknownPeopleAsLong)
{
    service_.body.clear();
    EXPECT_FALSE(*find());
    clock_.advance(29s);
    EXPECT_FALSE(*find());
    EXPECT_EQ(service_.asked, 1);
    clock_.advance(1s);
    EXPECT_FALSE(*find());
    EXPECT_EQ(service_.asked, 2);
}

TEST_F(SourcesTest, LeavesADeadOneAloneAndTellsItOnce)
{
    service_.is_dead = true;
    for (int i = 0; i < 20; ++i) {
        const auto refused = find();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::SourceUnavailable);
        EXPECT_TRUE(refused.error().retry_after);
    }
    EXPECT_EQ(service_.asked, sources::SourceHealth::kFailuresMax);
    EXPECT_TRUE(sources_.health_of(source_).is_down);

    service_.is_dead = false;
    clock_.advance(sources::SourceHealth::kFirstPause);
    EXPECT_TRUE(*find());
    EXPECT_EQ(store_.notes, (std::vector<bool>{true, false}));
}

TEST_F(SourcesTest, ATestAsksWhateverTheHealthAndEndsAPause)
{
    service_.is_dead = true;
    for (int i = 0; i < 6; ++i) EXPECT_FALSE(find());
    const auto failed = sources_.test(source_, ana_);
    EXPECT_EQ(failed.finding.status, Finding::Status::Refused);
    EXPECT_EQ(failed.finding.words, "nobody listens there");

    service_.is_dead = false;
    EXPECT_EQ(sources_.test(source_, ana_).finding.status, Finding::Status::Known);
    EXPECT_TRUE(find()) << "no pause any more";
}

TEST_F(SourcesTest, WhatADatabaseSaysOfAContactIsNotRepeated)
{
    service_.is_dead = true;
    service_.words = "invalid input syntax for type integer: \"ana@example.com\"";

    const auto refused = find();

    EXPECT_EQ(refused.error().detail, "invalid input syntax for type integer: \"…\"");
    EXPECT_EQ(sources_.test(source_, ana_).finding.words, refused.error().detail);
}

TEST_F(SourcesTest, AnAnswerAboutSomebodyElseIsNobody)
{
    service_.body = R"({"user_id": "eve", "email": "eve@example.com"})";
    EXPECT_FALSE(*find());
    EXPECT_EQ(sources_.test(source_, ana_).finding.status, Finding::Status::Refused);
}

TEST_F(SourcesTest, SettingsAreThoseOfTheSourceTheyWereSealedFor)
{
    auto other = source_;
    other.id = "src_2";
    EXPECT_FALSE(sources_.find(other, ana_, Freshness::Now));

    sources::SourceSettings settings;
    settings.kind = users::SourceKind::Http;
    settings.http.url = "https://shop.example/{email}";
    settings.cache_life = 0s;
    EXPECT_TRUE(find());
    seal(settings);  // Somebody changed them: what was remembered is forgotten.
    EXPECT_TRUE(find());
    EXPECT_TRUE(find());
    EXPECT_EQ(service_.asked, 3);
}

}  // namespace
}  // namespace accessd::test
