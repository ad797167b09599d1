#pragma once

#include "app/finding.h"
#include "base/clock.h"
#include "config/config.h"
#include "outbound/guard.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace accessd::app {

/// The checks of `accessd doctor`. Each says what it found and what to do; none changes anything.
using Findings = std::vector<Finding>;

/// Owner, mode, room, and whether a file is from the future, which a clock set back shows.
Findings check_data_folder(const std::string& data_dir, TimePoint now);
/// Certificate and key of server.tls_*: readable, a pair, not about to end.
Finding check_tls(const config::Server& server, TimePoint now);
/// Connects as for a mail: TLS, certificate, credentials; sends nothing. `section`: where the account stands.
Finding check_smtp(const config::Smtp& smtp, const std::string& section = "smtp");
/// The same of an account that has a host, wherever it stands. `guard` judges where it leads; null: it is the operator's.
Finding check_relay(const config::Smtp& smtp, const std::string& check, const std::string& where,
                    const outbound::Guard* guard = nullptr);
/// SPF, DKIM and DMARC of the domain that mail comes from; asks the system's resolver.
Findings check_mail_dns(const config::Smtp& smtp);

// What the store says, as AdminCommands gives it for {"command": "inspect"}.

Finding check_master_key(const config::Config& config, const nlohmann::json& store);
Finding check_signing_keys(const config::Tokens& tokens, const nlohmann::json& store,
                           TimePoint now);
/// The chance of guessing per identity and day, of the weakest flow.
Finding check_guess_chance(const config::Limits& settings, const nlohmann::json& store);

}  // namespace accessd::app
