#pragma once

#include "app/finding.h"
#include "config/config.h"
#include "delivery/provider.h"
#include "outbound/http_client.h"

#include <string>

namespace accessd::app {

/// Whether the system's resolver knows the name in server.public_url.
Finding check_dns(const config::Config& config);

/// Whether credentials may go over HTTP without TLS: the operator may choose that for an own account, as for sending.
enum class PlainHttp { Allowed, OnlyToOpenedNetworks };

/// Whether a provider of phone messages takes the credentials: one request that its own documents describe and that sends
/// no message. Source: Twilio "Fetch an Account", Vonage "Retrieve API Secrets", Meta "Phone Numbers".
/// `where`: what holds the account, as advice names it.
Finding check_account(const delivery::ProviderAccount& account, const std::string& check,
                      const std::string& where, outbound::HttpClient& http,
                      PlainHttp plain_http = PlainHttp::OnlyToOpenedNetworks);

/// The same of one in the configuration.
Finding check_provider(const config::NamedProvider& provider, outbound::HttpClient& http);

}  // namespace accessd::app
