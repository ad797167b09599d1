#pragma once

#include "crypto/keyring.h"
#include "delivery/mail_route.h"
#include "delivery/outbox_store.h"
#include "delivery/sealed_code.h"
#include "delivery/sender.h"
#include "projects/project_lookup.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace accessd::test {

/// An outbox in memory that writes down how it is used.
class FakeOutbox final : public delivery::OutboxStore {
public:
    Result<std::vector<delivery::Message>> lease(int count, std::chrono::seconds lease_for,
                                                 TimePoint now) override
    {
        const std::scoped_lock lock{mutex};
        ++leases;
        changed.notify_all();
        if (is_away) return ErrorCode::StoreUnavailable;
        std::vector<delivery::Message> leased;
        for (auto& [id, message] : messages) {
            const bool is_due = message.status == delivery::MessageStatus::Queued &&
                                message.next_attempt_at <= now && leased_until[id] <= now;
            if (!is_due || std::ssize(leased) >= count) continue;
            leased_until[id] = now + lease_for;
            leased.push_back(message);
            leased.back().leased_until = leased_until[id];
        }
        return leased;
    }

    Result<void> report(const std::vector<delivery::AttemptReport>& list, TimePoint) override
    {
        const std::scoped_lock lock{mutex};
        batch_sizes.push_back(list.size());
        for (const auto& report : list) {
            auto& message = messages.at(report.attempt.message_id);
            message.status = report.status;
            message.next_attempt_at = report.retry_at;
            ++message.attempts;
            leased_until[message.id] = {};
            reports.push_back(report);
        }
        changed.notify_all();
        return {};
    }

    Result<void> release(const std::vector<delivery::Lease>& leases_back) override
    {
        const std::scoped_lock lock{mutex};
        for (const auto& [id, until] : leases_back) {
            if (leased_until[id] != until) continue;
            leased_until[id] = {};
            released.insert(id);
        }
        changed.notify_all();
        return {};
    }

    Result<void> defer(const std::vector<delivery::Lease>& leases_back, TimePoint until) override
    {
        const std::scoped_lock lock{mutex};
        for (const auto& [id, lease_end] : leases_back) {
            if (leased_until[id] != lease_end) continue;
            leased_until[id] = {};
            messages[id].next_attempt_at = until;
            deferred.insert(id);
        }
        changed.notify_all();
        return {};
    }

    Result<std::optional<TimePoint>> next_due() override
    {
        const std::scoped_lock lock{mutex};
        std::optional<TimePoint> due;
        for (const auto& [id, message] : messages) {
            if (message.status != delivery::MessageStatus::Queued) continue;
            const auto at = std::max(message.next_attempt_at, leased_until[id]);
            if (!due || at < *due) due = at;
        }
        return due;
    }

    Result<delivery::QueueState> queue_state(TimePoint) override
    {
        return delivery::QueueState{.queued = 7, .oldest = std::chrono::milliseconds{1500}};
    }
    Result<Page<delivery::Message>> inbox(const std::string&, const std::optional<std::string>&,
                                          const PageRequest&) override
    {
        return Page<delivery::Message>{};
    }
    Result<std::vector<delivery::Message>> of_validation(const std::string&,
                                                         const std::string&) override
    {
        return std::vector<delivery::Message>{};
    }
    Result<std::vector<delivery::Attempt>> attempts_of_validation(const std::string&,
                                                                  const std::string&) override
    {
        return attempts;
    }

    void add(const delivery::Message& message)
    {
        const std::scoped_lock lock{mutex};
        messages[message.id] = message;
    }

    /// Waits until `condition`, which is called under the mutex, holds; false after five seconds.
    bool wait_until(const std::function<bool()>& condition)
    {
        std::unique_lock lock{mutex};
        return changed.wait_for(lock, std::chrono::seconds{5}, condition);
    }
    bool wait_for_reports(std::size_t count)
    {
        return wait_until([&] { return reports.size() >= count; });
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, delivery::Message> messages;
    std::map<std::string, TimePoint> leased_until;
    std::vector<delivery::AttemptReport> reports;
    std::vector<std::size_t> batch_sizes;
    std::set<std::string> released;
    std::multiset<std::string> deferred;
    std::vector<delivery::Attempt> attempts;  ///< Of every validation.
    int leases = 0;
    bool is_away = false;
};

/// A sender that answers as it is told, and can be made to wait.
class FakeSender final : public delivery::Sender {
public:
    std::string_view name() const override { return "smtp"; }
    delivery::SendOutcome send(const delivery::OutgoingMail& mail) override
    {
        std::unique_lock lock{mutex};
        sent.push_back(mail);
        changed.notify_all();
        changed.wait(lock, [this] { return !is_held; });
        return answer;
    }
    bool wait_for_sent(std::size_t count)
    {
        std::unique_lock lock{mutex};
        return changed.wait_for(lock, std::chrono::seconds{5},
                                [&] { return sent.size() >= count; });
    }
    void hold(bool held)
    {
        const std::scoped_lock lock{mutex};
        is_held = held;
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<delivery::OutgoingMail> sent;
    delivery::SendOutcome answer{};
    bool is_held = false;
};

/// Leads through `sender`, if there is one, from codes@login.example.
class FakeRoutes final : public delivery::MailRoutes {
public:
    explicit FakeRoutes(const Clock& clock) : clock_(clock) {}

    /// Adds a sender to those that are tried; it must outlive this.
    std::shared_ptr<delivery::MailRoute> add(delivery::Sender& sender, const std::string& name,
                                             int slots = 4)
    {
        auto route = std::make_shared<delivery::MailRoute>(clock_, slots,
                                                           std::make_unique<Borrowed>(sender));
        route->id = route->name = route->metric = name;
        route->from = "codes@login.example";
        routes.push_back(route);
        return route;
    }
    Result<delivery::Routes> routes_of(const std::string&, contacts::Channel,
                                       const std::string&) override
    {
        return routes;
    }

    delivery::Routes routes;

private:
    class Borrowed final : public delivery::Sender {
    public:
        explicit Borrowed(delivery::Sender& sender) : sender_(sender) {}
        std::string_view name() const override { return sender_.name(); }
        delivery::SendOutcome send(const delivery::OutgoingMail& mail) override
        {
            return sender_.send(mail);
        }

    private:
        delivery::Sender& sender_;
    };

    const Clock& clock_;
};

/// Knows one project.
class FakeProjects final : public projects::ProjectLookup {
public:
    Result<std::shared_ptr<const projects::ProjectSetup>> find(const std::string& id) override
    {
        if (id != setup->project.id) return std::shared_ptr<const projects::ProjectSetup>{};
        return std::shared_ptr<const projects::ProjectSetup>{setup};
    }
    std::shared_ptr<projects::ProjectSetup> setup = std::make_shared<projects::ProjectSetup>();
};

/// A keyring that keeps its keys in memory.
struct MemoryKeyring {
    explicit MemoryKeyring(Clock& clock)
        : keyring(*crypto::Keyring::open(Secret{std::string(32, 'k')}, store, clock, random))
    {
    }
    FakeRandom random;
    MemoryKeyMaterialStore store;
    std::unique_ptr<crypto::Keyring> keyring;
};

}  // namespace accessd::test
