#include "delivery/sender_pool.h"

#include "base/log.h"
#include "base/url.h"
#include "delivery/smtp_sender.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace accessd::delivery {
namespace {

constexpr auto kTimeout = std::chrono::seconds{20};
constexpr int kOwnConnectionsMax = 4;
/// Providers answer within a second; one that doesn't is passed over while the person waits.
constexpr auto kTextTimeout = std::chrono::seconds{10};

std::shared_ptr<MailRoute> operators_route(const config::NamedSmtp& named, int slots_max,
                                           const Clock& clock)
{
    const auto& account = named.account;
    auto route = std::make_shared<MailRoute>(clock, std::min(slots_max, account.connections_max),
                                             std::make_unique<SmtpSender>(account, named.name));
    route->id = route->name = route->metric = named.name;
    route->from = account.from;
    route->from_name = account.from_name;
    route->timeout = account.timeout;
    return route;
}

/// How long the longest of the route's prefixes is that the number starts with; nothing: it isn't for it.
std::optional<std::size_t> match_length(const MailRoute& route, const std::string& recipient)
{
    if (route.prefixes.empty() || recipient.empty()) return 0;
    std::optional<std::size_t> longest;
    for (const auto& prefix : route.prefixes) {
        if (recipient.starts_with(prefix)) longest = std::max(longest.value_or(0), prefix.size());
    }
    return longest;
}

/// Those of the channel that take this recipient, the longest prefix first; the order stays otherwise.
Routes fitting(const Routes& all, contacts::Channel channel, const std::string& recipient)
{
    std::vector<std::pair<std::size_t, std::shared_ptr<MailRoute>>> found;
    for (const auto& route : all) {
        if (route->channel != channel) continue;
        if (const auto length = match_length(*route, recipient)) found.emplace_back(*length, route);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    Routes routes;
    for (auto& [length, route] : found) routes.push_back(std::move(route));
    return routes;
}

}  // namespace

std::string receipts_url(const std::string& public_url, const std::string& sender_id)
{
    const auto begin = public_url.find("://");
    if (begin == std::string::npos) return {};
    auto host = public_url.substr(begin + 3);
    const auto bracket = host.starts_with('[') ? host.find(']') : 0;
    host = host.substr(0, host.find_first_of(":/", bracket));
    if (is_loopback_host(host)) return {};
    return public_url + "/v2/access/senders/" + sender_id + "/receipts";
}

config::Smtp to_smtp(const SmtpSettings& settings, Secret password, std::chrono::seconds timeout)
{
    config::Smtp smtp;
    smtp.host = settings.host;
    smtp.port = static_cast<std::uint16_t>(settings.port);
    smtp.security = settings.security;
    smtp.user = settings.user;
    smtp.password = std::move(password);
    smtp.from = settings.from;
    smtp.from_name = settings.from_name;
    smtp.timeout = timeout;
    smtp.connections_max = kOwnConnectionsMax;
    return smtp;
}

SenderPool::SenderPool(Parts parts, const std::vector<config::NamedSmtp>& accounts,
                       const config::Delivery& delivery,
                       const std::vector<config::NamedProvider>& providers)
    : parts_(std::move(parts)),
      slots_max_(std::max(1, delivery.workers / 2)),
      timeout_max_(
          std::clamp<std::chrono::seconds>(delivery.lease / 2, std::chrono::seconds{1}, kTimeout))
{
    replace_operators(accounts, providers);
    show_health();
}

void SenderPool::replace_operators(const std::vector<config::NamedSmtp>& accounts,
                                   const std::vector<config::NamedProvider>& providers)
{
    constexpr auto name = "accessd_senders_failing";
    constexpr auto help = "Senders that mail is kept away from because they fail.";
    Routes routes;
    for (const auto& account : accounts) {
        routes.push_back(operators_route(account, slots_max_, parts_.clock));
    }
    for (const auto& provider : providers) routes.push_back(operators_texts(provider));
    const std::scoped_lock lock{mutex_};
    for (const auto& route : routes) {
        failing_[route->metric] = &parts_.metrics.gauge(name, help, {{"sender", route->metric}});
    }
    operators_.swap(routes);  // The old ones end outside, with what they still send.
}

Routes SenderPool::operators() const
{
    const std::scoped_lock lock{mutex_};
    return operators_;
}

void SenderPool::show_health()
{
    constexpr auto name = "accessd_senders_failing";
    constexpr auto help = "Senders that mail is kept away from because they fail.";
    auto& own = parts_.metrics.gauge(name, help, {{"sender", "project"}});
    parts_.metrics.before_scrape([this, &own] {
        own.set(count_failing());
        show_operators();
    });
}

/// One that was taken out of the configuration fails no more.
void SenderPool::show_operators()
{
    const std::scoped_lock lock{mutex_};
    for (auto& [metric, gauge] : failing_) gauge->set(0);
    for (const auto& route : operators_) {
        if (route->breaker.health().is_failing) failing_.at(route->metric)->set(1);
    }
}

double SenderPool::count_failing() const
{
    const std::scoped_lock lock{mutex_};
    double count = 0;
    for (const auto& [id, entry] : projects_) {
        for (const auto& own : entry.senders) {
            if (own.route->breaker.health().is_failing) ++count;
        }
    }
    return count;
}

Result<Routes> SenderPool::routes_of(const std::string& project_id, contacts::Channel channel,
                                     const std::string& recipient)
{
    ACCESSD_TRY(const auto own, own_routes(project_id));
    auto routes = fitting(own, channel, recipient);
    const auto operators = fitting(this->operators(), channel, recipient);
    routes.insert(routes.end(), operators.begin(), operators.end());
    return routes;
}

Result<bool> SenderPool::has_sender(const std::string& project_id, contacts::Channel channel,
                                    const std::string& recipient)
{
    ACCESSD_TRY(const auto routes, routes_of(project_id, channel, recipient));
    return !routes.empty();
}

Routes SenderPool::routes_in(const Entry& entry)
{
    Routes routes;
    for (const auto& own : entry.senders) routes.push_back(own.route);
    return routes;
}

Result<Routes> SenderPool::own_routes(const std::string& project_id)
{
    const auto now = parts_.clock.now();
    std::vector<Own> before;
    std::uint64_t generation = 0;
    {
        const std::scoped_lock lock{mutex_};
        generation = generation_;
        const auto found = projects_.find(project_id);
        if (found != projects_.end()) {
            const auto& entry = found->second;
            if (!entry.is_stale && now - entry.read_at < kMaxAge) return routes_in(entry);
            before = entry.senders;
        }
    }
    ACCESSD_TRY(const auto accounts, parts_.store.active(project_id));
    Entry entry{{}, now, false};
    for (const auto& account : accounts) {
        const auto same = std::find_if(before.begin(), before.end(), [&](const Own& own) {
            return own.route->id == account.id && own.version == account.version;
        });
        auto route = same != before.end() ? same->route : make_own(account);
        if (route) entry.senders.push_back({account.version, std::move(route)});
    }
    auto routes = routes_in(entry);
    const std::scoped_lock lock{mutex_};
    if (generation != generation_) return routes;
    drop_idle(now);
    if (projects_.size() >= kMaxProjects) projects_.clear();
    projects_.insert_or_assign(project_id, std::move(entry));
    return routes;
}

/// Called with the mutex held.
void SenderPool::drop_idle(TimePoint now)
{
    if (now - dropped_at_ < kIdleLife / 5) return;
    dropped_at_ = now;
    std::erase_if(projects_, [now](const auto& item) {
        const auto& entry = item.second;
        const bool is_failing =
            std::any_of(entry.senders.begin(), entry.senders.end(),
                        [](const Own& own) { return own.route->breaker.health().is_failing; });
        return now - entry.read_at > kIdleLife && !is_failing;
    });
}

/// Null where the secrets can't be opened: the next sender has to do.
std::shared_ptr<MailRoute> SenderPool::make_own_texts(const SenderAccount& account) const
{
    auto opened = open_account(account, parts_.keyring);
    if (!opened || parts_.http == nullptr) {
        log::error("A sender's secrets can't be opened", {{"sender", account.id}});
        return nullptr;
    }
    auto sender = make_text_sender(
        {.account = *std::move(opened),
         .http = *parts_.http,
         .receipts_url = receipts_url(parts_.public_url, account.id),
         .timeout = std::min<std::chrono::milliseconds>(timeout_max_, kTextTimeout)});
    auto route = std::make_shared<MailRoute>(parts_.clock, std::min(slots_max_, kOwnConnectionsMax),
                                             account.channel, std::move(sender));
    route->id = account.id;
    route->name = account.name;
    route->metric = "project";
    route->prefixes = account.prefixes;
    route->timeout = kTextTimeout;
    return route;
}

std::shared_ptr<MailRoute> SenderPool::operators_texts(const config::NamedProvider& named) const
{
    ProviderAccount account;
    account.kind = parse_sender_kind(named.kind).value_or(SenderKind::Http);
    account.channel = contacts::parse_channel(named.channel).value_or(contacts::Channel::Sms);
    account.settings = named.settings;
    account.secrets = named.secrets;
    const auto channel = account.channel;
    auto sender = make_text_sender({.account = std::move(account),
                                    .http = *parts_.trusted_http,
                                    .receipts_url = receipts_url(parts_.public_url, named.name),
                                    .timeout = kTextTimeout});
    auto route = std::make_shared<MailRoute>(parts_.clock, slots_max_, channel, std::move(sender));
    route->id = route->name = route->metric = named.name;
    route->prefixes = named.prefixes;
    route->timeout = kTextTimeout;
    return route;
}

/// Null where the password can't be opened: the next sender has to do.
std::shared_ptr<MailRoute> SenderPool::make_own(const SenderAccount& account) const
{
    if (account.kind != SenderKind::Smtp) return make_own_texts(account);
    Secret password;
    if (!account.sealed_password.empty()) {
        auto opened =
            parts_.keyring.unseal(account.sealed_password, sender_context(account.id, "password"));
        if (!opened) {
            log::error("A sender's password can't be opened", {{"sender", account.id}});
            return nullptr;
        }
        password = *std::move(opened);
    }
    const auto smtp = to_smtp(account.smtp, std::move(password), timeout_max_);
    auto route =
        std::make_shared<MailRoute>(parts_.clock, std::min(slots_max_, kOwnConnectionsMax),
                                    std::make_unique<SmtpSender>(smtp, account.id, &parts_.guard));
    route->id = account.id;
    route->name = account.name;
    route->metric = "project";
    route->from = account.smtp.from;
    route->from_name = account.smtp.from_name;
    route->reply_to = account.smtp.reply_to;
    route->timeout = timeout_max_;
    return route;
}

/// The route of this very version; null if no mail has asked for it yet.
std::shared_ptr<MailRoute> SenderPool::find_known(const SenderAccount& account) const
{
    const std::scoped_lock lock{mutex_};
    const auto found = projects_.find(account.project_id);
    if (found == projects_.end()) return nullptr;
    for (const auto& own : found->second.senders) {
        if (own.route->id == account.id && own.version == account.version) return own.route;
    }
    return nullptr;
}

SenderHealth SenderPool::health_of(const SenderAccount& account) const
{
    const auto route = find_known(account);
    return route ? route->breaker.health() : SenderHealth{};
}

void SenderPool::recovered(const SenderAccount& account)
{
    if (const auto route = find_known(account)) route->breaker.succeeded();
}

void SenderPool::forget(const std::string& project_id)
{
    const std::scoped_lock lock{mutex_};
    ++generation_;
    // Kept for those that stay the same: their connections and their health.
    const auto found = projects_.find(project_id);
    if (found != projects_.end()) found->second.is_stale = true;
}

void SenderPool::forget_all()
{
    const std::scoped_lock lock{mutex_};
    ++generation_;
    for (auto& [project_id, entry] : projects_) entry.is_stale = true;
}

}  // namespace accessd::delivery
