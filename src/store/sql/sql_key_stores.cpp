#include "store/sql/sql_key_stores.h"

#include "store/sql/list_query.h"
#include "store/sql/project_rows.h"

namespace accessd::store {
namespace {

using crypto::WrappedKey;
using tokens::ApiKey;
using tokens::Revocation;
using tokens::SigningKey;

constexpr auto kKeyColumns =
    "id, name, secret_hash, scopes, project_id, created_at, revoked_at, last_used_at";
constexpr auto kInsertKey = R"(
    INSERT INTO api_keys (id, name, secret_hash, scopes, project_id, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6))";
// Only when the day changed: a use must not cost a sync.
constexpr auto kNeedsTouch = R"(
    SELECT 1 FROM api_keys WHERE id = ?1
       AND (last_used_at IS NULL OR last_used_at / 86400000 <> ?2 / 86400000))";
constexpr auto kTouch = "UPDATE api_keys SET last_used_at = ?2 / 86400000 * 86400000 WHERE id = ?1";

constexpr auto kInsertRevocation = R"(
    INSERT INTO token_revocations (kind, value, revoked_at, expires_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (kind, value) DO UPDATE SET revoked_at = max(revoked_at, excluded.revoked_at),
            expires_at = max(expires_at, excluded.expires_at))";
constexpr auto kRaiseGeneration = R"(
    INSERT INTO counters (name, value) VALUES ('revocations', 1)
        ON CONFLICT (name) DO UPDATE SET value = value + 1)";
constexpr auto kPruneRevocations = R"(
    DELETE FROM token_revocations WHERE (kind, value) IN
        (SELECT kind, value FROM token_revocations WHERE expires_at <= ?1
          ORDER BY expires_at LIMIT ?2))";

constexpr auto kNewestSigningKey = R"(
    SELECT id FROM signing_keys WHERE "use" = ?1 ORDER BY active_from DESC, id DESC LIMIT 1)";
constexpr auto kInsertSigningKey = R"(
    INSERT INTO signing_keys (id, "use", sealed_key, created_at, active_from)
    VALUES (?1, ?2, ?3, ?4, ?5))";

constexpr auto kInsertMaterial = R"(
    INSERT INTO key_material (kind, version, wrapped, master_id, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (kind, version) DO NOTHING)";

constexpr auto kRewrapMaterial =
    "UPDATE key_material SET wrapped = ?3, master_id = ?4 WHERE kind = ?1 AND version = ?2";

ApiKey read_key(const Rows& row)
{
    ApiKey key;
    key.id = row.text(0);
    key.name = row.text(1);
    key.secret_hash = row.text(2);
    key.scopes = static_cast<std::uint8_t>(row.integer(3));
    key.project_id = row.text(4);
    key.created_at = row.time(5);
    key.revoked_at = row.optional_time(6);
    key.last_used_at = row.optional_time(7);
    return key;
}

Result<void> check_seen(Connection& connection, const std::string& id, const ApiKey* seen)
{
    if (seen == nullptr) return {};
    auto row = connection.query("SELECT name, revoked_at FROM api_keys WHERE id = ?1", {id});
    if (!row.next()) return ErrorCode::KeyNotFound;
    const bool is_same = row.text(0) == seen->name && row.optional_time(1) == seen->revoked_at;
    return is_same ? Result<void>{} : Result<void>{ErrorCode::Conflict};
}

std::string_view to_text(Revocation::Kind kind)
{
    return kind == Revocation::Kind::Token ? "token" : "subject";
}
std::string_view to_text(SigningKey::Use use)
{
    return use == SigningKey::Use::Api ? "api" : "login";
}
std::string_view to_text(WrappedKey::Kind kind)
{
    return kind == WrappedKey::Kind::Data ? "data" : "pepper";
}

}  // namespace

Result<void> SqlApiKeyStore::insert(const ApiKey& key, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        if (!key.project_id.empty() && !has_project(connection, key.project_id)) {
            return ErrorCode::ProjectNotFound;
        }
        connection.run(kInsertKey, {key.id, key.name, key.secret_hash, int{key.scopes},
                                    or_null(key.project_id), key.created_at});
        audit_.write(connection, audit);
        return {};
    });
}

Result<std::optional<ApiKey>> SqlApiKeyStore::find(const std::string& id)
{
    static const auto sql = std::string{"SELECT "} + kKeyColumns + " FROM api_keys WHERE id = ?1";
    return database_.read([&](Connection& connection) -> Result<std::optional<ApiKey>> {
        auto row = connection.query(sql, {id});
        if (!row.next()) return std::optional<ApiKey>{};
        return std::optional{read_key(row)};
    });
}

Result<Page<ApiKey>> SqlApiKeyStore::list(const std::string& project_id, const PageRequest& page)
{
    ListQuery query{kKeyColumns, "api_keys"};
    if (!project_id.empty()) query.where("project_id = ?", project_id);
    return database_.read([&](Connection& connection) -> Result<Page<ApiKey>> {
        return query.page(connection, page, read_key, [](const ApiKey& key) { return key.id; });
    });
}

Result<void> SqlApiKeyStore::rename(const std::string& id, const std::string& name,
                                    const ApiKey* seen, const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        ACCESSD_CHECK(check_seen(connection, id, seen));
        const int changed =
            connection.run("UPDATE api_keys SET name = ?2 WHERE id = ?1", {id, name});
        if (changed == 0) return ErrorCode::KeyNotFound;
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlApiKeyStore::revoke(const std::string& id, TimePoint now, const ApiKey* seen,
                                    const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        ACCESSD_CHECK(check_seen(connection, id, seen));
        const int changed = connection.run(
            "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1", {id, now});
        if (changed == 0) return ErrorCode::KeyNotFound;
        audit_.write(connection, audit);
        return {};
    });
}

Result<void> SqlApiKeyStore::touch(const std::string& id, TimePoint now)
{
    ACCESSD_TRY(const bool is_due, database_.read([&](Connection& connection) -> Result<bool> {
        auto row = connection.query(kNeedsTouch, {id, now});
        return row.next();
    }));
    if (!is_due) return {};
    return database_.write([&](Connection& connection) -> Result<void> {
        connection.run(kTouch, {id, now});
        return {};
    });
}

Result<void> SqlRevocationStore::insert(const Revocation& revocation, const std::string& project_id,
                                        const events::AuditEntry& audit)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        connection.run(kInsertRevocation, {to_text(revocation.kind), revocation.value,
                                           revocation.revoked_at, revocation.expires_at});
        connection.run(kRaiseGeneration);
        audit_.write(connection, audit);
        if (project_id.empty()) return {};
        events::Event event;
        event.project_id = project_id;
        event.type = events::EventType::SecurityTokenRevoked;
        event.at = revocation.revoked_at;
        event.reason = revocation.kind == Revocation::Kind::Token ? "one token" : "all of a key";
        events_.write(connection, {event});
        return {};
    });
}

Result<std::vector<Revocation>> SqlRevocationStore::list(TimePoint now)
{
    return database_.read([&](Connection& connection) -> Result<std::vector<Revocation>> {
        auto row = connection.query(R"(
            SELECT kind, value, revoked_at, expires_at FROM token_revocations
             WHERE expires_at > ?1)",
                                    {now});
        std::vector<Revocation> found;
        while (row.next()) {
            const auto kind =
                row.text(0) == "token" ? Revocation::Kind::Token : Revocation::Kind::Subject;
            found.push_back({kind, row.text(1), row.time(2), row.time(3)});
        }
        return found;
    });
}

Result<std::int64_t> SqlRevocationStore::generation()
{
    return database_.read([&](Connection& connection) -> Result<std::int64_t> {
        auto row = connection.query("SELECT value FROM counters WHERE name = 'revocations'");
        return row.next() ? row.integer(0) : 0;
    });
}

Result<int> SqlRevocationStore::prune(TimePoint now, int rows_max)
{
    return database_.write([&](Connection& connection) -> Result<int> {
        return connection.run(kPruneRevocations, {now, rows_max});
    });
}

Result<std::vector<SigningKey>> SqlSigningKeyStore::list()
{
    return database_.read([&](Connection& connection) -> Result<std::vector<SigningKey>> {
        auto row = connection.query(R"(
            SELECT id, "use", sealed_key, created_at, active_from, retired_at FROM signing_keys
             ORDER BY active_from, id)");
        std::vector<SigningKey> keys;
        while (row.next()) {
            const auto use = row.text(1) == "api" ? SigningKey::Use::Api : SigningKey::Use::Login;
            keys.push_back(
                {row.text(0), use, row.bytes(2), row.time(3), row.time(4), row.optional_time(5)});
        }
        return keys;
    });
}

Result<void> SqlSigningKeyStore::insert(const SigningKey& key, const std::string& follows)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        std::string newest;
        if (auto row = connection.query(kNewestSigningKey, {to_text(key.use)}); row.next()) {
            newest = row.text(0);
        }
        if (newest != follows) return ErrorCode::Conflict;
        connection.run("UPDATE signing_keys SET retired_at = ?2 WHERE id = ?1",
                       {follows, key.active_from});
        connection.run(kInsertSigningKey, {key.id, to_text(key.use), Blob{key.sealed},
                                           key.created_at, key.active_from});
        return {};
    });
}

Result<void> SqlSigningKeyStore::remove(const std::string& id)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        connection.run("DELETE FROM signing_keys WHERE id = ?1", {id});
        return {};
    });
}

Result<std::vector<WrappedKey>> SqlKeyMaterialStore::list()
{
    return database_.read([&](Connection& connection) -> Result<std::vector<WrappedKey>> {
        auto row = connection.query(R"(
            SELECT kind, version, wrapped, master_id, created_at FROM key_material
             ORDER BY kind, version)");
        std::vector<WrappedKey> keys;
        while (row.next()) {
            const auto kind =
                row.text(0) == "data" ? WrappedKey::Kind::Data : WrappedKey::Kind::Pepper;
            keys.push_back({kind, row.small(1), row.bytes(2), row.text(3), row.time(4)});
        }
        return keys;
    });
}

Result<void> SqlKeyMaterialStore::insert(const WrappedKey& key)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        const int inserted =
            connection.run(kInsertMaterial, {to_text(key.kind), key.version, Blob{key.wrapped},
                                             key.master_id, key.created_at});
        if (inserted == 0) return ErrorCode::Conflict;
        return {};
    });
}

Result<void> SqlKeyMaterialStore::rewrap(const std::vector<WrappedKey>& keys)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        std::int64_t stored = 0;
        if (auto row = connection.query("SELECT count(*) FROM key_material"); row.next()) {
            stored = row.integer(0);
        }
        if (stored != static_cast<std::int64_t>(keys.size())) return ErrorCode::Conflict;
        for (const auto& key : keys) {
            const int changed = connection.run(kRewrapMaterial, {to_text(key.kind), key.version,
                                                                 Blob{key.wrapped}, key.master_id});
            if (changed != 1) return ErrorCode::Conflict;
        }
        audit_.write(connection, events::audit_of_command("master_key.changed"));
        return {};
    });
}

Result<void> SqlKeyMaterialStore::remove(WrappedKey::Kind kind, int version)
{
    return database_.write([&](Connection& connection) -> Result<void> {
        connection.run("DELETE FROM key_material WHERE kind = ?1 AND version = ?2",
                       {to_text(kind), version});
        return {};
    });
}

}  // namespace accessd::store
