#pragma once

#include "http/stream.h"

#include <utility>

#include <boost/asio/ip/tcp.hpp>  // heavy include: for two files alone, see below

#include <memory>

// For listener.cpp and tcp_stream.cpp alone: everyone else sees stream.h, without Asio.

namespace boost::asio::ssl {
class context;
}  // namespace boost::asio::ssl

namespace accessd::http {

/// With TLS if there is a context for it.
std::unique_ptr<Stream> make_stream(boost::asio::ip::tcp::socket socket,
                                    boost::asio::ssl::context* tls);

}  // namespace accessd::http
