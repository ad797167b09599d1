#include "app/parts.h"

namespace accessd::app {
namespace {

tokens::TokenPolicy token_policy(const config::Config& config)
{
    tokens::TokenPolicy policy;
    policy.issuer = config.public_url();
    return policy;
}

std::unique_ptr<delivery::SmtpSender> make_mail_sender(const config::Smtp& smtp)
{
    if (smtp.host.empty()) return nullptr;
    return std::make_unique<delivery::SmtpSender>(smtp);
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

users::ProjectChanged forget_in(projects::ProjectCache& cache)
{
    return [&cache](const std::string& project_id) { cache.forget(project_id); };
}

}  // namespace

Parts::Parts(const config::Config& config, Opened things, SystemClock& system_clock,
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
      login_tokens(*opened.signing_keys, revocations, clock, random, token_policy(config)),
      guard(api_tokens, browser_tokens),
      known_origins(stores.projects(), clock),
      idempotency(stores.idempotency(), *opened.keyring, clock, random),
      mail(make_mail_sender(config.smtp)),
      delivery_workers({.outbox = stores.outbox(),
                        .projects = project_cache,
                        .mail = mail.get(),
                        .keyring = *opened.keyring,
                        .metrics = metrics,
                        .clock = clock,
                        .from = config.smtp.from,
                        .from_name = config.smtp.from_name},
                       config.delivery),
      email_access({.validations = stores.validations(),
                    .projects = project_cache,
                    .directory = directory,
                    .limits = stores.limits(),
                    .keyring = *opened.keyring,
                    .tokens = login_tokens,
                    .clock = clock,
                    .random = random,
                    .has_sender = mail != nullptr,
                    .message_queued = [this] { delivery_workers.notify(); },
                    .limit_settings = config.limits}),
      proof_of_work(*opened.keyring, random),
      browser_logins({.logins = stores.browser_logins(),
                      .project_store = stores.projects(),
                      .projects = project_cache,
                      .proofs = proof_of_work,
                      .tokens = browser_tokens,
                      .clock = clock,
                      .random = random,
                      .limit_settings = config.limits}),
      housekeeper({.validations = stores.validations(),
                   .limits = stores.limits(),
                   .idempotency = stores.idempotency(),
                   .locks = stores.locks(),
                   .browser_logins = stores.browser_logins(),
                   .revocation_store = stores.revocations(),
                   .revocations = revocations,
                   .signing_keys = *opened.signing_keys,
                   .keyring = *opened.keyring,
                   .retention = stores.retention(),
                   .projects = stores.projects(),
                   .clock = clock,
                   .signing_key_life = config.tokens.signing_key_life,
                   .pepper_life = config.keys.pepper_life}),
      operations_handlers(stores, metrics),
      token_handlers(api_keys, api_tokens, login_tokens, *opened.signing_keys),
      key_handlers(api_keys),
      project_handlers(projects, mail != nullptr),
      flow_handlers(projects),
      method_handlers(projects),
      source_handlers(stores.sources(), clock, random, find_project_in(projects),
                      forget_in(project_cache)),
      user_handlers(directory, stores.users(), find_project_in(projects)),
      inbox_handlers(stores.outbox(), projects, *opened.keyring),
      email_handlers(email_access),
      browser_handlers(browser_logins),
      validation_handlers(stores.validations(), stores.events(), stores.outbox(), project_cache,
                          clock),
      lock_handlers(stores.locks(), project_cache, clock)
{
}

}  // namespace accessd::app
