#pragma once

#include "base/clock.h"
#include "crypto/keyring.h"
#include "sources/answer_cache.h"
#include "sources/client_factory.h"
#include "sources/record_mapping.h"
#include "sources/source_health.h"
#include "users/person.h"
#include "users/user_store.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace accessd::sources {

/// A look-up as the test of a source shows it.
struct Trial {
    Finding finding;            ///< Refused also for a source that can't be asked.
    bool has_answered = false;  ///< The source did, whatever it said.
    Answer answer;              ///< As it came.
    std::chrono::milliseconds took{};
};

/// Every external source with its connections, its health and what it said lately. Settings are opened when first
/// needed and again when the source's version changes. Threads: safe to call concurrently.
class Sources final : public users::PersonLookup {
public:
    static constexpr std::size_t kSourcesMax = 1000;  ///< Kept open; the longest unused go.
    static constexpr auto kIdleLife = std::chrono::minutes{5};

    struct Parts {
        const crypto::Keyring& keyring;
        const ClientFactory& clients;
        users::SourceStore& store;
        const Clock& clock;
    };
    explicit Sources(Parts parts) : parts_(parts) {}

    /// Errors: SourceUnavailable; what exactly was wrong is in its detail, for the log, and in health_of().
    Result<std::optional<users::Person>> find(const users::Source& source,
                                              const users::Contact& contact,
                                              Freshness freshness) override;
    /// Asks now, whatever is known of the source's health, and takes a slot. `settings`: as they are, or as they
    /// would be. A good answer ends a pause.
    Trial test(const users::Source& source, const users::Contact& contact);

    SourceHealth::State health_of(const users::Source& source);
    /// Errors: Internal if the settings were sealed for another source or by another key.
    Result<SourceSettings> settings_of(const users::Source& source) const;

private:
    /// One source at one version.
    struct Opened {
        Opened(SourceSettings opened_settings, const Clock& clock)
            : settings(std::move(opened_settings)),
              health(clock, settings.pool_size),
              cache(settings.cache_life)
        {
        }
        SourceSettings settings;
        SourceHealth health;
        AnswerCache cache;
        std::mutex mutex;
        std::vector<std::unique_ptr<SourceClient>> idle;  ///< Connections that nobody uses.
    };
    struct Entry {
        std::int64_t version = 0;
        std::shared_ptr<Opened> opened;
        TimePoint used_at;
    };

    Result<std::shared_ptr<Opened>> open(const users::Source& source);
    void drop_idle(TimePoint now);
    tl::expected<Answer, Failure> ask(Opened& opened, const users::Contact& contact) const;
    tl::expected<Answer, Failure> ask_in_slot(Opened& opened, const users::Source& source,
                                              const users::Contact& contact,
                                              SourceHealth::Steady::time_point began);
    void report(const users::Source& source, SourceHealth::Change change, const std::string& words);

    Parts parts_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
    TimePoint dropped_at_;
};

}  // namespace accessd::sources
