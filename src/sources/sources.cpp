#include "sources/sources.h"

#include "base/log.h"

#include <algorithm>
#include <utility>

namespace accessd::sources {
namespace {

using Steady = SourceHealth::Steady;

/// What was said this moment: whoever gives one code after the other costs a source one look-up a second.
constexpr auto kFreshFor = std::chrono::seconds{1};

Error unavailable(std::string detail, std::chrono::seconds retry_after)
{
    Error error{ErrorCode::SourceUnavailable, std::move(detail)};
    error.retry_after = retry_after;
    return error;
}

/// Databases repeat values in what they complain of, and words go into logs and events.
std::string without(std::string words, const std::string& contact)
{
    constexpr std::string_view instead = "…";
    for (auto at = words.find(contact); at != std::string::npos && !contact.empty();
         at = words.find(contact, at + instead.size())) {
        words.replace(at, contact.size(), instead);
    }
    return words;
}

/// The others begin anew for each question, or see to it themselves.
bool keeps_connections(users::SourceKind kind)
{
    return kind == users::SourceKind::Postgres || kind == users::SourceKind::Mysql;
}

}  // namespace

Result<SourceSettings> Sources::settings_of(const users::Source& source) const
{
    ACCESSD_TRY(const auto document,
                parts_.keyring.unseal(source.sealed_settings, users::source_context(source.id)));
    auto settings = parse_settings(source.kind, document);
    if (!settings) return Error{ErrorCode::Internal, "settings of a source that can't be read"};
    return *std::move(settings);
}

Result<std::shared_ptr<Sources::Opened>> Sources::open(const users::Source& source)
{
    const auto now = parts_.clock.now();
    {
        const std::scoped_lock lock{mutex_};
        const auto found = entries_.find(source.id);
        if (found != entries_.end() && found->second.version == source.version) {
            found->second.used_at = now;
            return found->second.opened;
        }
    }
    ACCESSD_TRY(auto settings, settings_of(source));
    auto opened = std::make_shared<Opened>(std::move(settings), parts_.clock);
    const std::scoped_lock lock{mutex_};
    drop_idle(now);
    entries_[source.id] = {source.version, opened, now};
    return opened;
}

void Sources::drop_idle(TimePoint now)
{
    if (entries_.size() < kSourcesMax && now - dropped_at_ < kIdleLife) return;
    dropped_at_ = now;
    std::erase_if(entries_, [&](const auto& item) {
        return now - item.second.used_at >= kIdleLife &&
               !item.second.opened->health.state().is_down;
    });
    while (entries_.size() >= kSourcesMax) {
        entries_.erase(std::min_element(entries_.begin(), entries_.end(),
                                        [](const auto& left, const auto& right) {
                                            return left.second.used_at < right.second.used_at;
                                        }));
    }
}

tl::expected<Answer, Failure> Sources::ask(Opened& opened, const users::Contact& contact) const
{
    const auto deadline = Steady::now() + opened.settings.timeout;
    std::unique_ptr<SourceClient> client;
    {
        const std::scoped_lock lock{opened.mutex};
        if (!opened.idle.empty()) {
            client = std::move(opened.idle.back());
            opened.idle.pop_back();
        }
    }
    const bool was_connected = client != nullptr && keeps_connections(opened.settings.kind);
    for (bool is_again = false;; is_again = true) {
        if (!client) {
            auto made = parts_.clients.make(opened.settings);
            if (!made) return wrong("its settings can't be used any more; save them again");
            client = *std::move(made);
        }
        auto answer = client->ask(contact, deadline);
        // A connection that waited may have been ended by the other side meanwhile: a new one decides.
        const bool may_be_stale = !answer && answer.error().kind == Failure::Kind::Down &&
                                  was_connected && !is_again && milliseconds_until(deadline) > 0;
        if (may_be_stale) {
            client.reset();
            continue;
        }
        if (!answer) answer.error().words = without(answer.error().words, contact.text);
        if (client->is_reusable()) {
            const std::scoped_lock lock{opened.mutex};
            opened.idle.push_back(std::move(client));
        }
        return answer;
    }
}

tl::expected<Answer, Failure> Sources::ask_in_slot(Opened& opened, const users::Source& source,
                                                   const users::Contact& contact,
                                                   Steady::time_point began)
{
    tl::expected<Answer, Failure> answer = down("it failed");
    try {
        answer = ask(opened, contact);
    } catch (...) {
        opened.health.leave(began, false, "it failed");
        throw;
    }
    const bool has_answered = answer || answer.error().kind == Failure::Kind::Wrong;
    const auto words = answer ? std::string{} : answer.error().words;
    report(source, opened.health.leave(began, has_answered, words), words);
    return answer;
}

/// Tells it once, whichever node notices first.
void Sources::report(const users::Source& source, SourceHealth::Change change,
                     const std::string& words)
{
    if (change == SourceHealth::Change::None) return;
    const bool is_down = change == SourceHealth::Change::WentDown;
    log::warn(is_down ? "a source is down" : "a source is up again",
              {{"source_id", source.id}, {"project_id", source.project_id}, {"detail", words}});
    const auto noted =
        parts_.store.note_health(source.project_id, source.id, is_down, words, parts_.clock.now());
    if (!noted) log::warn("the health of a source isn't noted", {{"source_id", source.id}});
}

Result<std::optional<users::Person>> Sources::find(const users::Source& source,
                                                   const users::Contact& contact,
                                                   Freshness freshness)
{
    ACCESSD_TRY(const auto opened, open(source));
    const auto now = parts_.clock.now();
    const auto age_max = freshness == Freshness::Now ? kFreshFor : opened->settings.cache_life;
    if (auto known = opened->cache.find(contact, now, age_max)) return *std::move(known);
    Steady::time_point began;
    switch (opened->health.enter(began)) {
    case SourceHealth::Entry::Open: break;
    case SourceHealth::Entry::Busy: return unavailable("source busy", std::chrono::seconds{1});
    case SourceHealth::Entry::Paused:
        return unavailable("source down: " + opened->health.state().last_words,
                           opened->health.retry_after());
    }
    const auto answer = ask_in_slot(*opened, source, contact, began);
    if (!answer) return unavailable(answer.error().words, std::chrono::seconds{2});
    auto finding = find_person(*answer, opened->settings.mapping, contact);
    if (finding.status == Finding::Status::Unusable) {
        return unavailable(finding.words, std::chrono::seconds{30});
    }
    if (finding.status == Finding::Status::Refused) {
        // As for somebody unknown, or an answer would tell that there is something: the log tells whose job it is.
        log::warn("a source's answer can't be used", {{"source_id", source.id},
                                                      {"project_id", source.project_id},
                                                      {"detail", finding.words}});
    }
    std::optional<users::Person> person;
    if (finding.status == Finding::Status::Known) person = std::move(finding.person);
    opened->cache.put(contact, person, now);
    return person;
}

Trial Sources::test(const users::Source& source, const users::Contact& contact)
{
    Trial trial;
    const auto fail = [&](std::string words) {
        trial.finding = {Finding::Status::Refused, {}, std::move(words)};
        return trial;
    };
    const auto opened = open(source);
    if (!opened) return fail("its settings can't be opened; save them again");
    auto& health = (*opened)->health;
    Steady::time_point began = Steady::now();
    const auto entry = health.enter(began);
    if (entry == SourceHealth::Entry::Busy) {
        return fail("all its connections are taken by look-ups that take long");
    }
    const auto start = Steady::now();
    auto answer = entry == SourceHealth::Entry::Open ? ask_in_slot(**opened, source, contact, began)
                                                     : ask(**opened, contact);
    if (answer && entry != SourceHealth::Entry::Open) report(source, health.recover(), {});
    trial.took = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - start);
    if (!answer) return fail(answer.error().words);
    trial.has_answered = true;
    trial.finding = find_person(*answer, (*opened)->settings.mapping, contact);
    trial.answer = *std::move(answer);
    return trial;
}

SourceHealth::State Sources::health_of(const users::Source& source)
{
    const std::scoped_lock lock{mutex_};
    const auto found = entries_.find(source.id);
    if (found == entries_.end() || found->second.version != source.version) return {};
    return found->second.opened->health.state();
}

}  // namespace accessd::sources
