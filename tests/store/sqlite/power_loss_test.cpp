#include "support/power_loss.h"

#include "../store_fixture.h"

#include <atomic>
#include <mutex>
#include <thread>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;

/// What the store said yes to.
struct Ledger {
    template <class Value>
    void add(std::vector<Value>& list, const Value& value)
    {
        const std::scoped_lock lock{mutex};
        list.push_back(value);
        ++promises;
    }

    std::mutex mutex;
    std::atomic<int> promises{0};
    std::vector<access::Validation> sent;
    std::vector<access::Validation> used;
    std::vector<access::Validation> wrong;  ///< An attempt was charged.
    std::vector<std::string> users;
};

/// Cuts the power of the embedded store under load, again and again, and looks what is left.
class PowerLossTest : public StoreContract {
protected:
    static constexpr int kThreads = 6;

    void SetUp() override
    {
        // What the fixture opened stood on the real disk.
        stores_.reset();
    }

    void open() { stores_ = GetParam().open(folder_.path(), clock_, random_); }

    void work(int round, int thread, Ledger& ledger, const std::atomic<bool>& stops)
    {
        auto& validations = stores_->validations();
        for (int i = 0; !stops; ++i) {
            const auto name =
                std::to_string(round) + "-" + std::to_string(thread) + "-" + std::to_string(i);
            const auto sent = validations.send(send_code(name + "@example.com"));
            if (!sent) return;
            ledger.add(ledger.sent, sent->validation);
            if (i % 3 == 0 && validations.use(use_code(sent->validation))) {
                ledger.add(ledger.used, sent->validation);
            }
            if (i % 3 == 1) {
                const auto tried = validations.use(use_code(sent->validation, "wrong"));
                if (!tried && tried.error().code == ErrorCode::InvalidOtp) {
                    ledger.add(ledger.wrong, sent->validation);
                }
            }
            if (i % 3 == 2 && stores_->users().insert(user(name, name + "@users.example"), true)) {
                ledger.add(ledger.users, name);
            }
        }
    }

    /// Works until `is_enough`, cuts the power in the midst of things, and brings the machine up again.
    template <class Predicate>
    void cut_under_load(int round, unsigned survivors, PowerLoss& disk, Ledger& ledger,
                        Predicate is_enough)
    {
        std::atomic<bool> stops{false};
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < kThreads; ++i) {
                threads.emplace_back([&, i] { work(round, i, ledger, stops); });
            }
            const auto deadline = std::chrono::steady_clock::now() + 5s;
            while (!is_enough() && std::chrono::steady_clock::now() < deadline) {
                std::this_thread::yield();
            }
            disk.cut();
            stops = true;
        }
        stores_.reset();
        disk.restore(static_cast<unsigned>(round), survivors);
        open();
    }

    /// How many promises were broken.
    int missing(const Ledger& ledger)
    {
        int broken = 0;
        auto& validations = stores_->validations();
        const auto stored = [&](const access::Validation& validation) {
            return validations.find(validation.id, ProjectScope::all()).value();
        };
        for (const auto& validation : ledger.sent) {
            const bool is_there = stored(validation).has_value();
            const bool has_message =
                !stores_->outbox().of_validation(project_id_, validation.id).value().empty();
            if (!is_there || !has_message) ++broken;
        }
        for (const auto& validation : ledger.used) {
            const auto found = stored(validation);
            if (!found || found->status != access::ValidationStatus::Validated) ++broken;
        }
        for (const auto& validation : ledger.wrong) {
            const auto found = stored(validation);
            if (!found || found->attempts_remaining >= validation.max_attempts) ++broken;
        }
        for (const auto& name : ledger.users) {
            if (!stores_->users().find(project_id_, name).value()) ++broken;
        }
        return broken;
    }
};

TEST_P(PowerLossTest, LosesNothingThatWasAnswered)
{
    PowerLoss disk;
    open();
    int promises = 0;
    for (int round = 0; round < 200; ++round) {
        Ledger ledger;
        // None, some, or all of the writes under way reach the disk.
        const unsigned survivors = round % 4 == 0 ? 0U : round % 4 == 1 ? 256U : 128U;
        disk.cut_after(40 + 17 * (round % 23));
        cut_under_load(round, survivors, disk, ledger, [&] { return disk.is_cut(); });
        ASSERT_EQ(missing(ledger), 0) << "round " << round;
        promises += ledger.promises;
    }
    stores_.reset();

    EXPECT_GT(promises, 1000);
    EXPECT_GT(disk.lost(), 1000);
}

TEST_P(PowerLossTest, WouldNoticeADiskThatDoesNotSync)
{
    PowerLoss disk;
    disk.ignore_syncs();
    open();
    Ledger ledger;
    cut_under_load(0, 0, disk, ledger, [&] { return ledger.promises > 20; });

    EXPECT_GT(missing(ledger), 0);
    stores_.reset();
}

INSTANTIATE_TEST_SUITE_P(Engines, PowerLossTest, testing::Values(backends().front()), backend_name);

}  // namespace
}  // namespace accessd::test
