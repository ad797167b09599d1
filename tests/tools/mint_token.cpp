// Signs any claims under any header with the keys of a data folder, so that tests from outside the code base can
// try wrong tokens. Built with the tests, never installed.
//
//     echo '{"claims": {"sub": "key_1"}, "header": {"typ": "at+jwt"}}' | mint_token --data-dir DIR [--use login]
//
// --store-url URL: the keys are in a PostgreSQL, as with several nodes; DIR then matters for its master.key alone.
//
// Tokens of browsers ({"typ": "browser+jwt"}) are signed with the keys of API tokens.
//
// The header starts as that of a good token; its members replace or, when null, remove what is there. The
// key is the newest active one of the use that `typ` stands for, unless --use says otherwise. The master key comes
// from ACCESSD_MASTER_KEY or DIR/master.key. The store is only read: a server may be running.

#include "base/encoding.h"
#include "base/json.h"
#include "crypto/es256.h"
#include "crypto/keyring.h"
#include "store/postgres/postgres_connection.h"
#include "store/sqlite/sqlite_connection.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace accessd {
namespace {

template <class T>
T value_of(Result<T> result, const std::string& what)
{
    if (!result) throw std::runtime_error{what + ": " + result.error().detail};
    return *std::move(result);
}

Secret read_master_key(const std::string& data_dir)
{
    std::string text;
    if (const char* variable = std::getenv("ACCESSD_MASTER_KEY")) {
        text = variable;
    } else {
        std::ifstream{data_dir + "/master.key"} >> text;
    }
    const auto bytes = from_base64url(text);
    if (!bytes) throw std::runtime_error{"there is no master key"};
    return Secret{*bytes};
}

/// The keys at rest over a connection that can't write.
class ReadOnlyKeys final : public crypto::KeyMaterialStore {
public:
    explicit ReadOnlyKeys(store::Connection& connection) : connection_(connection) {}

    Result<std::vector<crypto::WrappedKey>> list() override
    {
        auto row = connection_.query("SELECT kind, version, wrapped, master_id, created_at"
                                     " FROM key_material ORDER BY kind, version");
        std::vector<crypto::WrappedKey> keys;
        while (row.next()) {
            const auto kind = row.text(0) == "data" ? crypto::WrappedKey::Kind::Data
                                                    : crypto::WrappedKey::Kind::Pepper;
            keys.push_back({kind, row.small(1), row.bytes(2), row.text(3), row.time(4)});
        }
        return keys;
    }
    Result<void> insert(const crypto::WrappedKey&) override { return refuse(); }
    Result<void> rewrap(const std::vector<crypto::WrappedKey>&) override { return refuse(); }
    Result<void> remove(crypto::WrappedKey::Kind, int) override { return refuse(); }

private:
    static Error refuse() { return Error{ErrorCode::Internal, "this program only reads"}; }
    store::Connection& connection_;
};

struct SigningKey {
    std::string id;
    std::string sealed;
};

SigningKey find_key(store::Connection& connection, const std::string& use, TimePoint now)
{
    auto row = connection.query(R"(SELECT id, sealed_key FROM signing_keys
                                    WHERE "use" = ?1 AND active_from <= ?2
                                    ORDER BY active_from DESC LIMIT 1)",
                                {use, now});
    if (!row.next()) throw std::runtime_error{"there is no signing key for " + use};
    return {row.text(0), row.bytes(1)};
}

nlohmann::json merged(nlohmann::json header, const nlohmann::json& changes)
{
    for (const auto& [name, value] : changes.items()) {
        if (value.is_null()) {
            header.erase(name);
        } else {
            header[name] = value;
        }
    }
    return header;
}

struct Options {
    std::string data_dir;
    std::string store_url;
    std::string use;
};

std::unique_ptr<store::Connection> connect(const Options& options)
{
    if (!options.store_url.empty())
        return std::make_unique<store::PostgresConnection>(options.store_url);
    return std::make_unique<store::SqliteConnection>(options.data_dir + "/accessd.db",
                                                     store::SqliteConnection::Access::Read);
}

std::string mint(const Options& options, const nlohmann::json& request)
{
    SystemClock clock;
    SystemRandom random;
    const auto connection = connect(options);
    ReadOnlyKeys material{*connection};
    const auto keyring =
        value_of(crypto::Keyring::open(read_master_key(options.data_dir), material, clock, random),
                 "the keys");
    const auto changes = request.value("header", nlohmann::json::object());
    auto use = options.use;
    if (use.empty()) use = changes.value("typ", nlohmann::json{}) == "login+jwt" ? "login" : "api";
    const auto stored = find_key(*connection, use, clock.now());
    const auto der =
        value_of(keyring->unseal(stored.sealed, "signing_key:" + stored.id), "the key");
    const auto key = value_of(crypto::Es256Key::from_private_der(der), "the key");

    const auto header = merged(
        {{"alg", "ES256"}, {"typ", use == "login" ? "login+jwt" : "at+jwt"}, {"kid", stored.id}},
        changes);
    const auto text = to_base64url(header.dump()) + '.' + to_base64url(request.at("claims").dump());
    return text + '.' + to_base64url(key.sign(text));
}

int run(int argc, char** argv)
{
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option{argv[i]};
        if (option == "--data-dir") options.data_dir = argv[i + 1];
        if (option == "--store-url") options.store_url = argv[i + 1];
        if (option == "--use") options.use = argv[i + 1];
    }
    if (options.data_dir.empty()) {
        std::cerr
            << "mint_token --data-dir DIR [--store-url URL] [--use api|login] < {\"claims\", \"header\"}\n";
        return 2;
    }
    const std::string input{std::istreambuf_iterator<char>{std::cin}, {}};
    std::cout << mint(options, value_of(parse_json(input), "standard input")) << '\n';
    return 0;
}

}  // namespace
}  // namespace accessd

int main(int argc, char** argv)
{
    try {
        return accessd::run(argc, argv);
    } catch (const std::exception& problem) {
        std::cerr << "mint_token: " << problem.what() << '\n';
        return 1;
    }
}
