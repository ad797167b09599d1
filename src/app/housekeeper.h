#pragma once

#include "access/browser_login_store.h"
#include "access/lock_store.h"
#include "access/validation_store.h"
#include "admin/console_sessions.h"
#include "app/destroyed_faces.h"
#include "app/retention.h"
#include "base/clock.h"
#include "biometrics/biometric_store.h"
#include "biometrics/face_store.h"
#include "crypto/keyring.h"
#include "limits/idempotency_store.h"
#include "limits/limit_store.h"
#include "tokens/revocations.h"
#include "tokens/signing_keys.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace accessd::app {

/// Does what time asks for, on a thread of its own: takes in revocations, ends what has expired, drops
/// windows and answers nobody needs, deletes what projects keep no longer, rotates keys. A task that fails is
/// logged and comes round again.
class Housekeeper {
public:
    struct Parts {
        access::ValidationStore& validations;
        limits::LimitStore& limits;
        limits::IdempotencyStore& idempotency;
        access::LockStore& locks;
        access::LoginCodeStore& login_codes;
        access::BrowserLoginStore& browser_logins;
        biometrics::BiometricStore& biometrics;
        biometrics::FaceStore& faces;
        tokens::RevocationStore& revocation_store;
        tokens::Revocations& revocations;
        tokens::SigningKeys& signing_keys;
        crypto::Keyring& keyring;
        projects::RetentionStore& retention;
        projects::ProjectStore& projects;
        admin::ConsoleSessions& console_sessions;
        DestroyedFaces& destroyed_faces;
        Clock& clock;
        std::chrono::seconds signing_key_life;
        std::chrono::seconds pepper_life;
    };
    explicit Housekeeper(Parts parts);
    ~Housekeeper();

    void start();
    /// Ends after the task at hand.
    void stop();
    /// Reads what other nodes changed, at once. Doesn't block.
    void refresh_soon();

private:
    void run();
    void expire();
    void prune();
    void refresh(bool keys_too);
    void keep_destroyed_faces();
    void rotate();
    void retain();
    bool pause();

    Parts parts_;
    std::mutex mutex_;
    std::condition_variable stopping_;
    bool is_stopping_ = false;
    bool is_called_ = false;
    std::thread thread_;
};

}  // namespace accessd::app
