#include "app/housekeeper.h"

#include "store/store_fixture.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

namespace accessd::app {
namespace {

using namespace std::chrono_literals;

/// The store's own retention, in which old events have no end until it is told: a look through them takes as long as a test
/// wants. Each batch really deletes.
class LongRetention final : public projects::RetentionStore {
public:
    explicit LongRetention(projects::RetentionStore& store) : store_(store) {}

    bool has_begun() const { return batches_ > 2; }
    void end() { is_over_ = true; }

    Result<int> remove_events(const std::string& id, TimePoint before, int max) override
    {
        constexpr int few = 5;  // So that there is something to delete for a while.
        ACCESSD_TRY(const int taken, store_.remove_events(id, before, few));
        taken_ += taken;
        ++batches_;
        return is_over_ ? 0 : max;
    }
    int taken() const { return taken_; }

    Result<int> remove_validations(const std::string& id, TimePoint before, int max) override
    {
        return store_.remove_validations(id, before, max);
    }
    Result<int> remove_logins(const std::string& id, TimePoint before, int max) override
    {
        return store_.remove_logins(id, before, max);
    }
    Result<int> remove_messages(const std::string& id, TimePoint before, int max) override
    {
        return store_.remove_messages(id, before, max);
    }
    Result<int> empty_inbox(const std::string& id, TimePoint before, int max) override
    {
        return store_.empty_inbox(id, before, max);
    }
    Result<int> forget_clients(const std::string& id, TimePoint before, int max) override
    {
        return store_.forget_clients(id, before, max);
    }
    Result<int> remove_webhook_deliveries(const std::string& id, TimePoint before, int max) override
    {
        return store_.remove_webhook_deliveries(id, before, max);
    }
    Result<int> remove_fraud_blocks(const std::string& id, TimePoint before, int max) override
    {
        return store_.remove_fraud_blocks(id, before, max);
    }
    Result<int> remove_fraud_counters(const std::string& id, TimePoint before, int max) override
    {
        return store_.remove_fraud_counters(id, before, max);
    }
    Result<int> remove_audit(const std::string& id, TimePoint before, int max) override
    {
        return store_.remove_audit(id, before, max);
    }

private:
    projects::RetentionStore& store_;
    std::atomic<int> batches_ = 0;
    std::atomic<int> taken_ = 0;
    std::atomic<bool> is_over_ = false;
};

/// Waits for it, half a minute at most: enough for a machine that does much else.
bool comes(const std::function<bool()>& condition)
{
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

class HousekeeperTest : public test::StoreContract {
protected:
    Housekeeper::Parts parts()
    {
        return {.validations = validations_,
                .limits = stores_->limits(),
                .idempotency = stores_->idempotency(),
                .locks = stores_->locks(),
                .login_codes = stores_->login_codes(),
                .browser_logins = stores_->browser_logins(),
                .biometrics = stores_->biometrics(),
                .faces = stores_->faces(),
                .revocation_store = stores_->revocations(),
                .revocations = revocations_,
                .signing_keys = *signing_keys_,
                .keyring = *keyring_,
                .retention = retention_,
                .projects = stores_->projects(),
                .console_sessions = sessions_,
                .destroyed_faces = destroyed_faces_,
                .clock = clock_,
                .signing_key_life = std::chrono::days{30},
                .pepper_life = std::chrono::days{30},
                .retain_first = 0s};
    }

    LongRetention retention_{stores_->retention()};
    tokens::Revocations revocations_{stores_->revocations(), clock_};
    std::unique_ptr<crypto::Keyring> keyring_ =
        crypto::Keyring::open(Secret{std::string(32, 'k')}, stores_->key_material(), clock_,
                              random_)
            .value();
    std::unique_ptr<tokens::SigningKeys> signing_keys_ =
        tokens::SigningKeys::open(stores_->signing_keys(), *keyring_, clock_, random_).value();
    admin::ConsoleSessions sessions_{stores_->console(), clock_, random_};
    test::TempFolder data_;
    DestroyedFaces destroyed_faces_{stores_->faces(), data_.path(), clock_};
};

TEST_P(HousekeeperTest, TakesRevocationsInWhileOldEventsGo)
{
    constexpr int kPeople = 300;
    for (int i = 0; i < kPeople; ++i) sent("person" + std::to_string(i) + "@example.com");
    clock_.advance(std::chrono::days{4000});
    const auto token = new_id("tok_");
    Housekeeper housekeeper{parts()};
    housekeeper.start();
    ASSERT_TRUE(comes([&] { return retention_.has_begun(); }));

    // As another node writes it down.
    ASSERT_TRUE(stores_->revocations().insert({.kind = tokens::Revocation::Kind::Token,
                                               .value = token,
                                               .revoked_at = clock_.now(),
                                               .expires_at = clock_.now() + 24h},
                                              {}));

    EXPECT_TRUE(comes([&] { return revocations_.is_revoked(token, "key_1"); }))
        << "revocations wait for old events";
    EXPECT_GT(retention_.taken(), 0) << "no old event went";
    retention_.end();
    housekeeper.stop();
}

INSTANTIATE_TEST_SUITE_P(Engines, HousekeeperTest, testing::ValuesIn(test::backends()),
                         test::backend_name);

}  // namespace
}  // namespace accessd::app
