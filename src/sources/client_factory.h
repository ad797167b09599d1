#pragma once

#include "base/clock.h"
#include "outbound/http_client.h"
#include "sources/address_finder.h"
#include "sources/source_client.h"

#include <memory>
#include <string>
#include <vector>

namespace accessd::sources {

/// What sources may reach, as the operator's file says.
struct Reach {
    std::string ca_file;                      ///< Authorities (PEM) of databases' certificates.
    std::vector<std::string> sqlite_folders;  ///< Where files of `sqlite` sources may be.
    std::string data_folder;                  ///< Where they may not.
};

/// Makes the client of a source of any kind. Threads: safe to call concurrently.
class ClientFactory {
public:
    ClientFactory(const outbound::Guard& guard, outbound::HttpClient& http, const Clock& clock,
                  Reach reach)
        : addresses_(guard), http_(http), clock_(clock), reach_(std::move(reach))
    {
    }

    /// Errors: InvalidRequest where the settings aren't ones that could be saved today.
    Result<std::unique_ptr<SourceClient>> make(const SourceSettings& settings) const;
    const Reach& reach() const { return reach_; }

private:
    AddressFinder addresses_;
    outbound::HttpClient& http_;
    const Clock& clock_;
    Reach reach_;
};

}  // namespace accessd::sources
