#include "app/parts.h"

#include "access/send_limits.h"
#include "app/face_workers.h"
#include "delivery/message_text.h"
#include "delivery/template_store.h"
#include "limits/limit_store.h"

namespace accessd::app {
namespace {

tokens::TokenPolicy token_policy(const config::Config& config)
{
    tokens::TokenPolicy policy;
    policy.issuer = config.public_url();
    return policy;
}

std::vector<IpNetwork> opened_networks(const config::Outbound& outbound)
{
    std::vector<IpNetwork> networks;
    for (const auto& text : outbound.allow) {
        if (const auto network = IpNetwork::parse(text)) {  // The configuration holds no others.
            networks.push_back(*network);
        }
    }
    return networks;
}

/// Debian's and most others' own place for certificates.
constexpr auto kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";

sources::Reach reach_of_sources(const config::Config& config)
{
    const auto& given = config.outbound.database_ca_file;
    return {given.empty() ? kSystemCertificates : given, config.outbound.sqlite_folders,
            config.store.data_dir};
}

webhooks::WorkerSettings worker_settings(const config::Webhooks& webhooks)
{
    return {.at_once_max = webhooks.requests_max,
            .at_once_per_endpoint = webhooks.requests_per_endpoint_max};
}

/// Addresses in the operator's file are trusted.
std::vector<IpNetwork> every_network()
{
    return {*IpNetwork::parse("0.0.0.0/0"), *IpNetwork::parse("::/0")};
}

/// Users and projects stand side by side: what users must know of a project is looked up for them.
users::FindProject find_project_in(projects::Projects& projects)
{
    return [&projects](const std::string& project_id,
                       const ProjectScope& scope) -> Result<users::ProjectFacts> {
        ACCESSD_TRY(const auto setup, projects.get(project_id, scope));
        return users::ProjectFacts{setup->project.id, setup->project.is_test()};
    };
}

/// Projects and webhooks, too.
projects::CountWebhooks count_webhooks_in(webhooks::WebhookStore& store)
{
    return [&store](const std::string& project_id) -> Result<projects::WebhookCounts> {
        using webhooks::WebhookStatus;
        ACCESSD_TRY(const auto page,
                    store.list(project_id, {.limit = webhooks::WebhookStore::kWebhooksMax}));
        projects::WebhookCounts counts;
        for (const auto& webhook : page.items) {
            const bool is_active = webhook.status == WebhookStatus::Active;
            ++counts.all;
            counts.active += is_active ? 1 : 0;
            counts.disabled += webhook.status == WebhookStatus::Disabled ? 1 : 0;
            counts.failing += is_active && webhook.health.failing_since ? 1 : 0;
        }
        return counts;
    };
}

sources::ProjectChanged forget_in(projects::ProjectCache& cache)
{
    return [&cache](const std::string& project_id) { cache.forget(project_id); };
}

/// Samples of one project, to whomever: nobody's way to write to strangers.
constexpr limits::Limit kSamples{20, std::chrono::hours{1}, "template_samples"};

/// A sample counts as a code to its address would.
delivery::Samples::CountSend count_samples_in(limits::LimitStore& windows, Clock& clock,
                                              const config::Limits& settings)
{
    return [&windows, &clock, settings](const std::string& project_id,
                                        const contacts::EmailAddress& email) -> Result<void> {
        const access::Contact contact{email};
        auto all = access::further_send_limits(settings, project_id, contact, {});
        all.insert(all.begin(), {access::sends_key(project_id, contact), limits::kEmailSends});
        all.push_back({"samples:" + project_id, kSamples});
        ACCESSD_CHECK(windows.take_all(all, clock.now()));
        return {};
    };
}

}  // namespace

Parts::Parts(const config::Config& config, Opened things, Clock& system_clock,
             SystemRandom& system_random)
    : clock(system_clock),
      random(system_random),
      opened(std::move(things)),
      stores(*opened.stores),
      project_cache(stores.projects(), clock),
      projects(stores.projects(), project_cache, clock, random),
      directory(stores.users(), clock, random),
      revocations(stores.revocations(), clock),
      api_keys(stores.api_keys(), stores.limits(), revocations, clock, random,
               token_policy(config).api_token_life),
      api_tokens(*opened.signing_keys, revocations, clock, random, token_policy(config)),
      browser_tokens(*opened.signing_keys, revocations, clock, random, token_policy(config)),
      validation_tokens(*opened.signing_keys, revocations, clock, random, token_policy(config)),
      login_tokens(*opened.signing_keys, revocations, clock, random, token_policy(config)),
      console_sessions(stores.console(), clock, random),
      admins(stores.admins(), console_sessions, revocations, clock, random),
      guard(api_tokens, browser_tokens, validation_tokens, console_sessions, config.public_url()),
      known_origins(stores.projects(), clock),
      idempotency(stores.idempotency(), *opened.keyring, clock, random),
      template_cache(stores.templates(), clock),
      templates(stores.templates(), template_cache, clock),
      outbound_guard(opened_networks(config.outbound)),
      source_http(outbound_guard),
      source_clients(outbound_guard, source_http, clock, reach_of_sources(config)),
      sources({.keyring = *opened.keyring,
               .clients = source_clients,
               .store = stores.sources(),
               .clock = clock}),
      imports({.store = stores.imports(), .clock = clock, .random = random}),
      http_client(outbound_guard, {.ca_file = config.outbound.ca_file}),
      operators_guard(every_network()),
      provider_http(outbound::make_http_client(outbound_guard)),
      operators_http(outbound::make_http_client(operators_guard)),
      sender_pool({.store = stores.senders(),
                   .keyring = *opened.keyring,
                   .guard = outbound_guard,
                   .metrics = metrics,
                   .clock = clock,
                   .http = provider_http.get(),
                   .trusted_http = operators_http.get(),
                   .public_url = config.public_url()},
                  config.mail_accounts(), config.delivery, config.providers()),
      delivery_workers({.outbox = stores.outbox(),
                        .projects = project_cache,
                        .routes = sender_pool,
                        .keyring = *opened.keyring,
                        .metrics = metrics,
                        .clock = clock,
                        .public_url = config.public_url(),
                        .templates = &template_cache},
                       config.delivery),
      samples({.messages = stores.messages(),
               .routes = sender_pool,
               .count_send = count_samples_in(stores.limits(), clock, config.limits),
               .clock = clock,
               .random = random}),
      code_mailer(sender_pool, clock, config.public_url()),
      sign_in_codes({.store = stores.console(),
                     .admins = stores.admins(),
                     .sessions = console_sessions,
                     .limits = stores.limits(),
                     .keyring = *opened.keyring,
                     .mail = code_mailer,
                     .clock = clock,
                     .random = random}),
      second_factors({.store = stores.factors(),
                      .sessions = console_sessions,
                      .limits = stores.limits(),
                      .keyring = *opened.keyring,
                      .clock = clock,
                      .random = random}),
      face_pool(face_pool_settings(config), metrics),
      face_analyst(face_pool, metrics),
      event_streams(stores.events(), clock),
      webhook_workers({.queues = stores.webhook_queues(),
                       .projects = project_cache,
                       .keyring = *opened.keyring,
                       .guard = outbound_guard,
                       .metrics = metrics,
                       .clock = clock,
                       .random = random,
                       .mail_queued = [this] { delivery_workers.notify(); }},
                      worker_settings(config.webhooks), {.ca_file = config.outbound.ca_file}),
      face_comparison(config),
      otp_access(
          {.validations = stores.validations(),
           .projects = project_cache,
           .directory = directory,
           .limits = stores.limits(),
           .keyring = *opened.keyring,
           .tokens = login_tokens,
           .clock = clock,
           .random = random,
           .has_sender =
               [this](const std::string& project_id, const access::Contact& contact) {
                   return sender_pool.has_sender(project_id, contact.channel(), contact.text());
               },
           .message_queued = [this] { delivery_workers.notify(); },
           .message_delivered = [this] { delivery_workers.count_inbox(); },
           .inbox_note =
               [this](const projects::Project& project, contacts::Channel channel,
                      contacts::Language language) {
                   return delivery::template_note(&template_cache, project, channel, language);
               },
           .people = &sources,
           .limit_settings = config.limits}),
      magic_links({.validations = stores.validations(),
                   .projects = project_cache,
                   .keyring = *opened.keyring,
                   .clock = clock,
                   .random = random,
                   .limit_settings = config.limits,
                   .people = &sources}),
      login_exchange({.codes = stores.login_codes(),
                      .browsers = stores.browser_logins(),
                      .validations = stores.validations(),
                      .directory = directory,
                      .projects = project_cache,
                      .tokens = login_tokens,
                      .clock = clock,
                      .random = random}),
      proof_of_work(*opened.keyring, random),
      browser_logins({.logins = stores.browser_logins(),
                      .project_store = stores.projects(),
                      .projects = project_cache,
                      .proofs = proof_of_work,
                      .tokens = browser_tokens,
                      .clock = clock,
                      .random = random,
                      .limit_settings = config.limits}),
      face_reader(face_comparison.tools(face_analyst)),
      face_vault(*opened.keyring, random),
      face_index(stores.faces(), face_vault, face_reader, clock),
      face_enrolment({.store = stores.biometrics(),
                      .faces = stores.faces(),
                      .validations = stores.validations(),
                      .projects = project_cache,
                      .reader = face_reader,
                      .index = face_index,
                      .vault = face_vault,
                      .tokens = validation_tokens,
                      .clock = clock,
                      .random = random,
                      .limit_settings = config.limits,
                      .settings = config.biometrics}),
      face_login({.store = stores.biometrics(),
                  .faces = stores.faces(),
                  .validations = stores.validations(),
                  .projects = project_cache,
                  .users = stores.users(),
                  .reader = face_reader,
                  .index = face_index,
                  .vault = face_vault,
                  .validation_tokens = validation_tokens,
                  .login_tokens = login_tokens,
                  .clock = clock,
                  .random = random,
                  .limit_settings = config.limits,
                  .settings = config.biometrics}),
      face_compare({.reader = face_reader,
                    .index = face_index,
                    .limits = stores.limits(),
                    .clock = clock,
                    .settings = config.biometrics}),
      destroyed_faces(stores.faces(), config.store.data_dir, clock),
      housekeeper({.validations = stores.validations(),
                   .limits = stores.limits(),
                   .idempotency = stores.idempotency(),
                   .locks = stores.locks(),
                   .login_codes = stores.login_codes(),
                   .browser_logins = stores.browser_logins(),
                   .biometrics = stores.biometrics(),
                   .faces = stores.faces(),
                   .revocation_store = stores.revocations(),
                   .revocations = revocations,
                   .signing_keys = *opened.signing_keys,
                   .keyring = *opened.keyring,
                   .retention = stores.retention(),
                   .projects = stores.projects(),
                   .console_sessions = console_sessions,
                   .destroyed_faces = destroyed_faces,
                   .clock = clock,
                   .signing_key_life = config.tokens.signing_key_life,
                   .pepper_life = config.keys.pepper_life}),
      operations_handlers(stores, metrics, face_analyst),
      web_handlers(random),
      token_handlers(api_keys, api_tokens, login_tokens, *opened.signing_keys),
      key_handlers(api_keys),
      audit_handlers(stores.audit()),
      admin_handlers(admins, config.public_url()),
      console_handlers(console_sessions, sign_in_codes, config.public_url()),
      factor_handlers(second_factors, console_sessions, admins, config.public_url()),
      project_handlers(
          projects,
          [this](const std::string& project_id) {
              return sender_pool.has_sender(project_id, contacts::Channel::Email, {});
          },
          count_webhooks_in(stores.webhooks())),
      flow_handlers(projects),
      method_handlers(projects, face_reader.has_passive()),
      source_handlers({.store = stores.sources(),
                       .directory = directory,
                       .sources = sources,
                       .guard = outbound_guard,
                       .reach = source_clients.reach(),
                       .keyring = *opened.keyring,
                       .limits = stores.limits(),
                       .clock = clock,
                       .random = random,
                       .find_project = find_project_in(projects),
                       .project_changed = forget_in(project_cache)}),
      import_handlers(imports, stores.imports(), stores.sources(), clock,
                      find_project_in(projects)),
      user_handlers(directory, stores.users(), clock, config.store.backup_days,
                    find_project_in(projects)),
      inbox_handlers(stores.outbox(), stores.messages(), projects, template_cache, *opened.keyring,
                     config.public_url()),
      template_handlers(templates, samples, projects),
      message_handlers(stores.messages(), projects),
      sender_handlers({.store = stores.senders(),
                       .projects = projects,
                       .pool = sender_pool,
                       .guard = outbound_guard,
                       .http = *provider_http,
                       .keyring = *opened.keyring,
                       .limits = stores.limits(),
                       .clock = clock,
                       .random = random,
                       .public_url = config.public_url()}),
      receipt_handlers(stores.receipts(), stores.senders(), *opened.keyring, clock,
                       config.mail_accounts(), config.providers(), config.public_url()),
      otp_handlers(otp_access),
      browser_handlers(browser_logins),
      login_page_handlers(browser_logins),
      validation_handlers(stores.validations(), stores.events(), stores.outbox(), stores.receipts(),
                          project_cache, clock),
      lock_handlers(stores.locks(), project_cache, clock),
      link_handlers(magic_links, stores.locks(), project_cache, clock, config.public_url()),
      exchange_handlers(login_exchange),
      stats_handlers(stores.stats(), project_cache, clock),
      event_handlers(stores.events(), event_streams, guard),
      webhook_handlers({.store = stores.webhooks(),
                        .projects = projects,
                        .guard = outbound_guard,
                        .http = http_client,
                        .keyring = *opened.keyring,
                        .limits = stores.limits(),
                        .clock = clock,
                        .random = random}),
      webhook_delivery_handlers(stores.webhooks(), clock, random),
      fraud_handlers(stores.fraud(), projects, clock),
      biometric_handlers(face_enrolment, face_login, clock),
      face_handlers(stores.faces(), stores.users(), projects, stores.validations(), clock),
      face_compare_handlers(face_compare, projects)
{
}

void Parts::forget_copies()
{
    project_cache.forget_all();
    template_cache.forget();
    sender_pool.forget_all();
    known_origins.forget();
    console_sessions.forget_copies();
    housekeeper.refresh_soon();
}

}  // namespace accessd::app
