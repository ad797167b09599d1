#pragma once

#include "outbound/guard.h"

namespace accessd::outbound {

/// Judges the addresses that one transfer of libcurl connects to. Must outlive the transfer.
struct ConnectionWatch {
    const Guard* guard = nullptr;  ///< Null: everything is allowed.
    bool is_only_for_opened =
        false;             ///< Public addresses are refused too: for what goes without TLS.
    bool refused = false;  ///< Set when an address wasn't connected to.
};

/// Has `watch` asked about every socket that the easy handle (a CURL*) opens; null: nobody any more. Names
/// that change their address between check and use (DNS rebinding) gain nothing: what is judged is the
/// address that the socket is for.
void watch_connections(void* easy_handle, ConnectionWatch* watch);

}  // namespace accessd::outbound
