#pragma once

#include "base/clock.h"
#include "config/config.h"
#include "crypto/keyring.h"
#include "delivery/mail_route.h"
#include "delivery/sender_store.h"
#include "metrics/metrics.h"
#include "outbound/guard.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace accessd::delivery {

/// Every account that mail can leave through, with its open connections and its health. Projects' own are read
/// when first needed and again when changed here or two seconds old; the health of one that was changed starts
/// anew. Threads: safe to call concurrently.
class SenderPool final : public MailRoutes {
public:
    /// The longest that another node's change may go unseen, as for projects::ProjectCache.
    static constexpr auto kMaxAge = std::chrono::seconds{2};
    static constexpr std::size_t kMaxProjects = 10'000;
    /// Senders that nobody asked for this long give their connections up; those that fail stay known.
    static constexpr auto kIdleLife = std::chrono::minutes{5};

    struct Parts {
        SenderStore& store;
        const crypto::Keyring& keyring;
        const outbound::Guard& guard;
        metrics::Metrics& metrics;
        const Clock& clock;
        outbound::HttpClient* http = nullptr;  ///< Of projects' own; null: none sends texts.
        outbound::HttpClient* trusted_http =
            nullptr;               ///< Of the operator's, whose addresses are trusted.
        std::string public_url{};  ///< Where receipts are posted to.
    };

    /// `accounts`, `providers`: the operator's.
    SenderPool(Parts parts, const std::vector<config::NamedSmtp>& accounts,
               const config::Delivery& delivery,
               const std::vector<config::NamedProvider>& providers = {});

    /// Puts other accounts of the operator's in the place of those that there are. What is being sent goes on through
    /// the old ones; health starts anew.
    void replace_operators(const std::vector<config::NamedSmtp>& accounts,
                           const std::vector<config::NamedProvider>& providers);

    Result<Routes> routes_of(const std::string& project_id, contacts::Channel channel,
                             const std::string& recipient) override;
    /// Whether a live project's message can leave for this recipient at all; an empty one is anybody.
    /// Errors: StoreUnavailable.
    Result<bool> has_sender(const std::string& project_id, contacts::Channel channel,
                            const std::string& recipient);
    /// Of one of a project's own senders; that of one through which nothing was sent since it was made or changed
    /// is good.
    SenderHealth health_of(const SenderAccount& account) const;
    /// A test mail went through one of a project's own: it may be used again at once.
    void recovered(const SenderAccount& account);
    /// Forgets a project's senders after one was changed, so that the next mail sees the change.
    void forget(const std::string& project_id);
    void forget_all();

private:
    struct Own {
        std::int64_t version = 0;
        std::shared_ptr<MailRoute> route;
    };
    struct Entry {
        std::vector<Own> senders;
        TimePoint read_at;
        bool is_stale = false;
    };

    Result<Routes> own_routes(const std::string& project_id);
    std::shared_ptr<MailRoute> make_own(const SenderAccount& account) const;
    std::shared_ptr<MailRoute> make_own_texts(const SenderAccount& account) const;
    std::shared_ptr<MailRoute> operators_texts(const config::NamedProvider& named) const;
    static Routes routes_in(const Entry& entry);
    std::shared_ptr<MailRoute> find_known(const SenderAccount& account) const;
    void drop_idle(TimePoint now);
    void show_health();
    void show_operators();
    Routes operators() const;
    double count_failing() const;

    Parts parts_;
    int slots_max_;                     ///< Of one sender: half of the workers.
    std::chrono::seconds timeout_max_;  ///< A mail must be done within half of its lease.
    mutable std::mutex mutex_;
    Routes operators_;
    std::unordered_map<std::string, metrics::Gauge*>
        failing_;  ///< By the name of an operator's account.
    std::unordered_map<std::string, Entry> projects_;
    TimePoint dropped_at_;          ///< When idle ones were last looked for.
    std::uint64_t generation_ = 0;  ///< Rises with each forget(): what was read before isn't kept.
};

/// Where a sender's receipts are posted to; empty where public_url is this machine alone.
std::string receipts_url(const std::string& public_url, const std::string& sender_id);

/// A project's account as SmtpSender takes it.
config::Smtp to_smtp(const SmtpSettings& settings, Secret password, std::chrono::seconds timeout);

}  // namespace accessd::delivery
