#pragma once

#include "app/finding.h"
#include "config/config.h"
#include "outbound/http_client.h"

namespace accessd::app {

/// Whether the system's resolver knows the name in server.public_url.
Finding check_dns(const config::Config& config);

/// Whether a provider of phone messages takes the credentials: one request that its own documents describe and that sends
/// no message. Source: Twilio "Fetch an Account", Vonage "Retrieve API Secrets", Meta "Phone Numbers".
Finding check_provider(const config::NamedProvider& provider, outbound::HttpClient& http);

}  // namespace accessd::app
