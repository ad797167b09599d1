#include "fraud/fraud_rules.h"

#include "support/fakes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <queue>
#include <random>
#include <string>
#include <vector>

namespace accessd::test {
namespace {

using namespace std::chrono_literals;
using fraud::Counter;
using fraud::Scope;

constexpr int kSeeds = 20;
constexpr auto kMonth = 30 * 24h;
constexpr auto kAttackAt = 20 * 24h;
constexpr int kLettersThrough = 50;      // Of an attack, until it is stopped first.
constexpr double kHonestStopped = 0.01;  // At most, of a month's honest sends.

/// What happens at a time: a message wanted, or a code given back.
struct Happening {
    TimePoint at;
    std::string phone;
    std::string client;
    bool is_attack = false;
    bool is_success = false;
    double comes_back = 0;          ///< Of a message: how likely its code does.
    std::chrono::seconds after{0};  ///< And when.
    bool operator>(const Happening& other) const { return at > other.at; }
};

/// The guard as the store runs it, over counters in memory.
class Guard {
public:
    bool send(const std::string& phone, const std::string& client, TimePoint now)
    {
        const auto scopes = fraud::scopes_of(phone, client);
        for (const auto& scope : scopes) {
            if (find(scope, now).blocked_until > now) return false;
        }
        bool is_let_through = true;
        for (const auto& scope : scopes) {
            auto& counter = find(scope, now);
            fraud::pass_time(counter, now);
            const int number = std::stoi(phone.substr(phone.size() - 4));
            if (!fraud::count_send(counter, scope.scope, number)) continue;
            fraud::block(counter, scope.scope, now);
            is_let_through = false;
        }
        return is_let_through;
    }
    void succeed(const std::string& phone, const std::string& client, TimePoint now)
    {
        for (const auto& scope : fraud::scopes_of(phone, client)) {
            auto& counter = find(scope, now);
            fraud::pass_time(counter, now);
            fraud::count_success(counter);
        }
    }

private:
    Counter& find(const fraud::ScopeKey& scope, TimePoint now)
    {
        auto& counter = counters_[std::string{fraud::to_text(scope.scope)} + scope.key];
        if (counter.at == TimePoint{}) counter.at = now;
        return counter;
    }
    std::map<std::string, Counter> counters_;
};

struct Outcome {
    int honest = 0;
    int honest_stopped = 0;
    int attack = 0;
    int through = 0;        ///< Messages of the attack that went out.
    int through_first = 0;  ///< Before it was stopped the first time.
    bool is_stopped = false;
};

class World {
public:
    explicit World(unsigned seed) : random_(seed), begin_(from_unix_millis(1'790'000'000'000)) {}

    double uniform() { return std::uniform_real_distribution<>{0, 1}(random_); }
    int number(int limit) { return std::uniform_int_distribution<>{0, limit - 1}(random_); }
    std::string digits(int count)
    {
        std::string text;
        for (int i = 0; i < count; ++i) text += static_cast<char>('0' + number(10));
        return text;
    }
    std::chrono::seconds exponential(double mean_s)
    {
        return std::chrono::seconds{
            static_cast<int>(std::exponential_distribution<>{1 / mean_s}(random_))};
    }

    void add(Happening happening) { happenings_.push(std::move(happening)); }

    /// A month of people of one country with a few operators: by day more than by night, four in five give the
    /// code back within a minute or so, some ask again.
    void live(const std::string& country, const std::vector<std::string>& operators, int per_day,
              double comes_back = 0.82)
    {
        for (int day = 0; day < 30; ++day) {
            const int count = std::poisson_distribution<>{static_cast<double>(per_day)}(random_);
            for (int i = 0; i < count; ++i) {
                const auto hour = uniform() < 0.9 ? 7 + 16 * uniform() : 24 * uniform();
                const auto at =
                    begin_ + day * 24h + std::chrono::seconds{static_cast<int>(hour * 3600)};
                person(at,
                       country +
                           operators[static_cast<std::size_t>(
                               number(static_cast<int>(operators.size())))] +
                           digits(6),
                       comes_back);
            }
        }
    }
    void person(TimePoint at, const std::string& phone, double comes_back)
    {
        const auto client = "10." + std::to_string(number(200)) + "." + std::to_string(number(250));
        if (uniform() < 0.1) {  // The first one got lost, or was too slow.
            add({at, phone, client, false, false, 0, {}});
            at += 40s;
        }
        add({at, phone, client, false, false, comes_back, 8s + exponential(20)});
    }

    Outcome run()
    {
        Guard guard;
        Outcome outcome;
        while (!happenings_.empty()) {
            const auto next = happenings_.top();
            happenings_.pop();
            if (next.is_success) {
                guard.succeed(next.phone, next.client, next.at);
                continue;
            }
            const bool goes_out = guard.send(next.phone, next.client, next.at);
            count(outcome, next, goes_out);
            if (goes_out && uniform() < next.comes_back) {
                auto success = next;
                success.at += next.after;
                success.is_success = true;
                add(success);
            }
        }
        return outcome;
    }

    TimePoint begin() const { return begin_; }

private:
    static void count(Outcome& outcome, const Happening& one, bool goes_out)
    {
        if (!one.is_attack) {
            ++outcome.honest;
            outcome.honest_stopped += goes_out ? 0 : 1;
            return;
        }
        ++outcome.attack;
        if (goes_out) {
            ++outcome.through;
            if (!outcome.is_stopped) ++outcome.through_first;
        } else {
            outcome.is_stopped = true;
        }
    }

    std::mt19937 random_;
    TimePoint begin_;
    std::priority_queue<Happening, std::vector<Happening>, std::greater<>> happenings_;
};

void live_ordinarily(World& world)
{
    world.live("+34", {"600", "611", "622", "633", "644"}, 250);
    world.live("+52", {"551", "332", "813"}, 50, 0.7);
    world.live("+351", {"912", "933", "966"}, 20);
    world.live("+44", {"740", "771"}, 5);
}

struct Attack {
    const char* name;
    bool has_history = true;
    std::function<void(World&)> begin;
};

/// `count` messages, one every `pace`, to numbers that `phone` makes.
void pump(World& world, std::chrono::nanoseconds start, int count, std::chrono::seconds pace,
          const std::function<std::string(int)>& phone, const std::function<std::string()>& client,
          double comes_back = 0)
{
    for (int i = 0; i < count; ++i) {
        const auto at =
            world.begin() + std::chrono::duration_cast<std::chrono::milliseconds>(start) + i * pace;
        world.add({at, phone(i), client(), true, false, comes_back, 5s});
    }
}

std::string four_digits(int number)
{
    auto text = std::to_string(number % 10'000);
    return std::string(4 - text.size(), '0') + text;
}

std::vector<Attack> attacks()
{
    const auto random_client = [](World& world) {
        return [&world] { return "172." + world.digits(2) + "." + world.digits(2); };
    };
    return {
        {"sequential numbers", true,
         [=](World& world) {
             pump(
                 world, kAttackAt, 2000, 5s, [](int i) { return "+2376501" + four_digits(i); },
                 random_client(world));
         }},
        {"random numbers in a range", true,
         [=](World& world) {
             pump(
                 world, kAttackAt, 2000, 5s,
                 [&world](int) { return "+447" + std::string{"40"} + world.digits(7); },
                 random_client(world));
         }},
        {"slow drip", true,
         [=](World& world) {
             pump(
                 world, kAttackAt, 700, 1200s, [&world](int) { return "+99371" + world.digits(6); },
                 random_client(world));
         }},
        {"many addresses", true,
         [=](World& world) {
             pump(
                 world, kAttackAt, 5000, 1s, [&world](int) { return "+2637712" + world.digits(5); },
                 random_client(world));
         }},
        {"from day one", false,
         [=](World& world) {
             pump(
                 world, 1h, 2000, 3s, [&world](int) { return "+3460055" + world.digits(4); },
                 random_client(world));
         }},
        {"verifies some of its own", true,
         [=](World& world) {
             pump(
                 world, kAttackAt, 2000, 5s, [&world](int) { return "+9477" + world.digits(7); },
                 random_client(world), 0.1);
         }},
        {"one address, many countries", true,
         [=](World& world) {
             pump(
                 world, kAttackAt, 1000, 6s,
                 [&world](int) {
                     return "+" + std::to_string(20 + world.number(70)) + "7" + world.digits(8);
                 },
                 [] { return std::string{"203.0.113.7"}; });
         }},
    };
}

TEST(FraudSimulation, StopsAttacksWithinFiftyMessagesAndFewHonestPeople)
{
    std::printf("%-28s %10s %10s %10s %12s\n", "attack", "first max", "first avg", "through",
                "honest stop");
    for (const auto& attack : attacks()) {
        int first_max = 0;
        double first_sum = 0;
        double through_sum = 0;
        double honest_worst = 0;
        for (unsigned seed = 1; seed <= kSeeds; ++seed) {
            World world{seed};
            if (attack.has_history) live_ordinarily(world);
            attack.begin(world);
            const auto outcome = world.run();
            EXPECT_TRUE(outcome.is_stopped) << attack.name << ", seed " << seed;
            EXPECT_LE(outcome.through_first, kLettersThrough) << attack.name << ", seed " << seed;
            const double share = outcome.honest == 0
                                     ? 0
                                     : static_cast<double>(outcome.honest_stopped) / outcome.honest;
            EXPECT_LE(share, kHonestStopped) << attack.name << ", seed " << seed;
            first_max = std::max(first_max, outcome.through_first);
            first_sum += outcome.through_first;
            through_sum += static_cast<double>(outcome.through) / outcome.attack;
            honest_worst = std::max(honest_worst, share);
        }
        std::printf("%-28s %10d %10.1f %9.1f%% %11.3f%%\n", attack.name, first_max,
                    first_sum / kSeeds, 100 * through_sum / kSeeds, 100 * honest_worst);
    }
}

TEST(FraudSimulation, LeavesAMonthWithoutAttacksAlone)
{
    int honest = 0;
    int stopped = 0;
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        World world{seed};
        live_ordinarily(world);
        const auto outcome = world.run();
        honest += outcome.honest;
        stopped += outcome.honest_stopped;
    }
    std::printf("%-28s %d of %d\n", "quiet months: stopped", stopped, honest);
    EXPECT_LE(static_cast<double>(stopped) / honest, kHonestStopped / 10);
}

TEST(FraudSimulation, LeavesASaleAlone)
{
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
        World world{seed};
        live_ordinarily(world);
        // Ten times the usual in two hours of one evening: more than 3 a minute, and in bursts
        for (int i = 0; i < 400; ++i) {
            const auto at =
                world.begin() + kAttackAt + 19h + std::chrono::seconds{world.number(7200)};
            world.person(at, "+34" + std::string{i % 2 == 0 ? "600" : "611"} + world.digits(6),
                         0.82);
        }
        const auto outcome = world.run();
        EXPECT_EQ(outcome.honest_stopped, 0) << "seed " << seed;
    }
}

TEST(FraudRules, ABlockTakesLongerEachTimeAndIsForgottenAfterAQuietDay)
{
    FakeClock clock;
    Counter counter;
    counter.at = clock.now();
    EXPECT_EQ(fraud::block(counter, Scope::Range, clock.now()) - clock.now(), 10min);
    EXPECT_EQ(fraud::block(counter, Scope::Range, clock.now()) - clock.now(), 20min);
    for (int i = 0; i < 20; ++i) fraud::block(counter, Scope::Range, clock.now());
    EXPECT_EQ(counter.blocked_until - clock.now(), 24h);
    clock.advance(49h);
    fraud::pass_time(counter, clock.now());
    EXPECT_EQ(fraud::block(counter, Scope::Range, clock.now()) - clock.now(), 10min);
}

TEST(FraudRules, AnOperatorsWordStartsTheCountsAnew)
{
    FakeClock clock;
    Counter counter;
    counter.at = clock.now();
    int sends = 1;
    while (!fraud::count_send(counter, Scope::Range, 1)) ++sends;
    fraud::block(counter, Scope::Range, clock.now());
    fraud::unblock(counter);
    int again = 1;
    while (!fraud::count_send(counter, Scope::Range, 1)) ++again;
    EXPECT_EQ(again, sends);
}

TEST(FraudRules, NeighbouringNumbersCountTwice)
{
    FakeClock clock;
    Counter apart;
    Counter together;
    apart.at = together.at = clock.now();
    int apart_count = 1;
    int together_count = 1;
    while (!fraud::count_send(apart, Scope::Block, apart_count * 37 % 10'000)) ++apart_count;
    while (!fraud::count_send(together, Scope::Block, together_count)) ++together_count;
    EXPECT_LT(together_count, apart_count * 2 / 3);
}

}  // namespace
}  // namespace accessd::test
