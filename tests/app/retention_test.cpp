#include "app/retention.h"

#include "store/open.h"
#include "store/stores.h"
#include "support/fakes.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace accessd::app {
namespace {

using std::chrono::days;

/// Says how many rows there are, and writes down what it was asked for.
class RecordingStore final : public projects::RetentionStore {
public:
    Result<int> remove_validations(const std::string& id, TimePoint before, int max) override
    {
        return take("validations", id, before, max);
    }
    Result<int> remove_logins(const std::string& id, TimePoint before, int max) override
    {
        return take("logins", id, before, max);
    }
    Result<int> remove_messages(const std::string& id, TimePoint before, int max) override
    {
        return take("messages", id, before, max);
    }
    Result<int> empty_inbox(const std::string& id, TimePoint before, int max) override
    {
        return take("inbox", id, before, max);
    }
    Result<int> forget_clients(const std::string& id, TimePoint before, int max) override
    {
        return take("clients", id, before, max);
    }
    Result<int> remove_events(const std::string& id, TimePoint before, int max) override
    {
        return take("events", id, before, max);
    }
    Result<int> remove_webhook_deliveries(const std::string& id, TimePoint before, int max) override
    {
        return take("deliveries", id, before, max);
    }
    Result<int> remove_fraud_blocks(const std::string& id, TimePoint before, int max) override
    {
        return take("fraud blocks", id, before, max);
    }
    Result<int> remove_fraud_counters(const std::string& id, TimePoint before, int max) override
    {
        return take("fraud counters", id, before, max);
    }
    Result<int> remove_audit(const std::string& id, TimePoint before, int max) override
    {
        return take("audit", id, before, max);
    }

    std::map<std::string, TimePoint> asked;  ///< By "project what".
    std::map<std::string, int> rows;         ///< Left to take.
    int calls = 0;

private:
    Result<int> take(const std::string& what, const std::string& id, TimePoint before, int max)
    {
        ++calls;
        asked[id + ' ' + what] = before;
        auto& left = rows[what];
        const int taken = std::min(left, max);
        left -= taken;
        return taken;
    }
};

class RetentionTest : public testing::Test {
protected:
    void insert_project(const std::string& id, projects::Mode mode, projects::Retention keep)
    {
        projects::ProjectSetup setup;
        setup.project.id = setup.project.name = setup.project.slug = id;
        setup.project.mode = mode;
        setup.project.retention = keep;
        setup.project.created_at = setup.project.updated_at = clock_.now();
        ASSERT_TRUE(stores_->projects().insert(setup));
    }

    test::TempFolder folder_;
    test::FakeClock clock_;
    test::FakeRandom random_;
    std::unique_ptr<store::Stores> stores_ = *store::open(folder_.path(), clock_, random_);
    RecordingStore recording_;
    Retention retention_{recording_, stores_->faces(), stores_->projects(), clock_};
};

TEST_F(RetentionTest, TakesTheDaysFromEachProjectsOwnSettings)
{
    insert_project("prj_test", projects::Mode::Test, {});
    insert_project("prj_live", projects::Mode::Live,
                   {.validations = 2,
                    .messages = 3,
                    .client_addresses = 4,
                    .events = 5,
                    .audit = 6,
                    .inbox = 7});

    ASSERT_TRUE(retention_.run([] { return true; }));

    const auto now = clock_.now();
    EXPECT_EQ(recording_.asked["prj_live validations"], now - days{2});
    EXPECT_EQ(recording_.asked["prj_live logins"], now - days{2});
    EXPECT_EQ(recording_.asked["prj_live messages"], now - days{3});
    EXPECT_EQ(recording_.asked["prj_live clients"], now - days{4});
    EXPECT_EQ(recording_.asked["prj_live events"], now - days{5});
    EXPECT_FALSE(recording_.asked.contains("prj_live inbox")) << "a live project has none";
    EXPECT_EQ(recording_.asked["prj_test validations"], now - days{90});
    EXPECT_EQ(recording_.asked["prj_test inbox"], now - days{1});
    EXPECT_EQ(recording_.asked["prj_live audit"], now - days{6});
    EXPECT_EQ(recording_.asked[" audit"], now - days{400}) << "of no project";
}

TEST_F(RetentionTest, GoesOnInBatchesUntilNothingIsLeftAndPausesBetweenThem)
{
    insert_project("prj_1", projects::Mode::Live, {});
    recording_.rows["events"] = 450;
    int pauses = 0;

    ASSERT_TRUE(retention_.run([&] {
        ++pauses;
        return true;
    }));

    EXPECT_EQ(recording_.rows["events"], 0);
    EXPECT_EQ(pauses, 2);
}

TEST_F(RetentionTest, EndsWhenItIsTimeToStop)
{
    insert_project("prj_1", projects::Mode::Live, {});
    recording_.rows["validations"] = 100'000;

    ASSERT_TRUE(retention_.run([] { return false; }));

    EXPECT_EQ(recording_.calls, 1);
}

}  // namespace
}  // namespace accessd::app
