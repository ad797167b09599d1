#pragma once

#include "access/browser_handlers.h"
#include "access/browser_logins.h"
#include "access/exchange_handlers.h"
#include "access/link_handlers.h"
#include "access/lock_handlers.h"
#include "access/login_exchange.h"
#include "access/magic_link.h"
#include "access/otp_access.h"
#include "access/otp_handlers.h"
#include "access/proof_of_work.h"
#include "access/stats_handlers.h"
#include "access/validation_handlers.h"
#include "admin/admin_handlers.h"
#include "admin/admins.h"
#include "admin/console_handlers.h"
#include "admin/console_sessions.h"
#include "admin/factor_handlers.h"
#include "admin/second_factors.h"
#include "admin/sign_in_codes.h"
#include "app/code_mailer.h"
#include "app/destroyed_faces.h"
#include "app/face_comparison.h"
#include "app/housekeeper.h"
#include "app/idempotency.h"
#include "app/known_origins.h"
#include "app/login_page_handlers.h"
#include "app/operations_handlers.h"
#include "app/token_guard.h"
#include "app/web_handlers.h"
#include "base/clock.h"
#include "base/random.h"
#include "biometrics/biometric_handlers.h"
#include "biometrics/enrolment.h"
#include "biometrics/face_compare.h"
#include "biometrics/face_compare_handlers.h"
#include "biometrics/face_handlers.h"
#include "biometrics/face_index.h"
#include "biometrics/face_login.h"
#include "biometrics/face_vault.h"
#include "config/config.h"
#include "crypto/keyring.h"
#include "delivery/delivery_workers.h"
#include "delivery/inbox_handlers.h"
#include "delivery/message_handlers.h"
#include "delivery/receipt_handlers.h"
#include "delivery/samples.h"
#include "delivery/sender_handlers.h"
#include "delivery/sender_pool.h"
#include "delivery/smtp_sender.h"
#include "delivery/template_cache.h"
#include "delivery/template_handlers.h"
#include "delivery/templates.h"
#include "events/audit_handlers.h"
#include "events/event_handlers.h"
#include "events/event_streams.h"
#include "face_worker/face_pool.h"
#include "face_worker/pooled_analyst.h"
#include "fraud/fraud_handlers.h"
#include "metrics/metrics.h"
#include "outbound/guard.h"
#include "outbound/http_client.h"
#include "projects/flow_handlers.h"
#include "projects/method_handlers.h"
#include "projects/project_cache.h"
#include "projects/project_handlers.h"
#include "projects/projects.h"
#include "sources/client_factory.h"
#include "sources/source_handlers.h"
#include "sources/sources.h"
#include "store/stores.h"
#include "tokens/api_keys.h"
#include "tokens/api_tokens.h"
#include "tokens/browser_tokens.h"
#include "tokens/key_handlers.h"
#include "tokens/login_tokens.h"
#include "tokens/revocations.h"
#include "tokens/signing_keys.h"
#include "tokens/token_handlers.h"
#include "tokens/validation_tokens.h"
#include "users/directory.h"
#include "users/import_handlers.h"
#include "users/imports.h"
#include "users/user_handlers.h"
#include "webhooks/webhook_delivery_handlers.h"
#include "webhooks/webhook_handlers.h"
#include "webhooks/webhook_workers.h"

#include <memory>

namespace accessd::app {

/// What can fail while it is opened; everything else is built on it.
struct Opened {
    std::unique_ptr<store::Stores> stores;
    std::unique_ptr<crypto::Keyring> keyring;
    std::unique_ptr<tokens::SigningKeys> signing_keys;
};

/// Every object of the server but its routers and sockets, built once, in the order of its members. What
/// stands below may use what stands above.
struct Parts {
    Parts(const config::Config& config, Opened things, Clock& system_clock,
          SystemRandom& system_random);

    /// Another node changed something: what is copied from the store is read again. Doesn't block.
    void forget_copies();

    Clock& clock;
    SystemRandom& random;
    metrics::Metrics metrics;
    Opened opened;
    store::Stores& stores;

    projects::ProjectCache project_cache;
    projects::Projects projects;
    users::Directory directory;

    tokens::Revocations revocations;
    tokens::ApiKeys api_keys;
    tokens::ApiTokens api_tokens;
    tokens::BrowserTokens browser_tokens;
    tokens::ValidationTokens validation_tokens;
    tokens::LoginTokens login_tokens;
    admin::ConsoleSessions console_sessions;
    admin::Admins admins;
    TokenGuard guard;
    KnownOrigins known_origins;
    Idempotency idempotency;

    delivery::TemplateCache template_cache;
    delivery::Templates templates;
    outbound::Guard outbound_guard;
    outbound::CurlClient source_http;
    sources::ClientFactory source_clients;
    sources::Sources sources;
    users::Imports imports;
    outbound::CurlClient http_client;
    outbound::Guard operators_guard;
    std::unique_ptr<outbound::HttpClient> provider_http;   ///< To where projects' senders say.
    std::unique_ptr<outbound::HttpClient> operators_http;  ///< To where the operator's file says.
    delivery::SenderPool sender_pool;
    delivery::DeliveryWorkers delivery_workers;
    delivery::Samples samples;
    CodeMailer code_mailer;
    admin::SignInCodes sign_in_codes;
    admin::SecondFactors second_factors;

    face_worker::FacePool face_pool;
    face_worker::PooledAnalyst face_analyst;
    events::EventStreams event_streams;
    webhooks::WebhookWorkers webhook_workers;
    FaceComparison face_comparison;

    access::OtpAccess otp_access;
    access::MagicLinks magic_links;
    access::LoginExchange login_exchange;
    access::ProofOfWork proof_of_work;
    access::BrowserLogins browser_logins;

    biometrics::FaceReader face_reader;
    biometrics::FaceVault face_vault;
    biometrics::FaceIndex face_index;
    biometrics::Enrolment face_enrolment;
    biometrics::FaceLogin face_login;
    biometrics::FaceCompare face_compare;
    DestroyedFaces destroyed_faces;
    Housekeeper housekeeper;

    OperationsHandlers operations_handlers;
    WebHandlers web_handlers;
    tokens::TokenHandlers token_handlers;
    tokens::KeyHandlers key_handlers;
    events::AuditHandlers audit_handlers;
    admin::AdminHandlers admin_handlers;
    admin::ConsoleHandlers console_handlers;
    admin::FactorHandlers factor_handlers;
    projects::ProjectHandlers project_handlers;
    projects::FlowHandlers flow_handlers;
    projects::MethodHandlers method_handlers;
    sources::SourceHandlers source_handlers;
    users::ImportHandlers import_handlers;
    users::UserHandlers user_handlers;
    delivery::InboxHandlers inbox_handlers;
    delivery::TemplateHandlers template_handlers;
    delivery::MessageHandlers message_handlers;
    delivery::SenderHandlers sender_handlers;
    delivery::ReceiptHandlers receipt_handlers;
    access::OtpHandlers otp_handlers;
    access::BrowserHandlers browser_handlers;
    LoginPageHandlers login_page_handlers;
    access::ValidationHandlers validation_handlers;
    access::LockHandlers lock_handlers;
    access::LinkHandlers link_handlers;
    access::ExchangeHandlers exchange_handlers;
    access::StatsHandlers stats_handlers;
    events::EventHandlers event_handlers;
    webhooks::WebhookHandlers webhook_handlers;
    webhooks::WebhookDeliveryHandlers webhook_delivery_handlers;
    fraud::FraudHandlers fraud_handlers;
    biometrics::BiometricHandlers biometric_handlers;
    biometrics::FaceHandlers face_handlers;
    biometrics::FaceCompareHandlers face_compare_handlers;
};

}  // namespace accessd::app
