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
#include <string_view>
#include <thread>

namespace accessd::app {

/// Does what time asks for, on two threads of its own. One takes in revocations and rotates keys, which must not be late.
/// The other ends what has expired, drops windows and answers nobody needs, and deletes what projects keep no longer: in
/// small batches with a pause behind each, for as long as there is something left, which may take an hour. A task that
/// fails is logged and comes round again.
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
        /// Until what is kept no longer is looked for first: not while a server is just starting.
        std::chrono::seconds retain_first = std::chrono::minutes{1};
    };
    explicit Housekeeper(Parts parts);
    ~Housekeeper();

    void start();
    /// Ends after the tasks at hand.
    void stop();
    /// Reads what other nodes changed, at once. Doesn't block.
    void refresh_soon();

private:
    void run();
    void sweep();
    void sweep_small();
    void expire();
    void prune();
    template <class Step>
    bool in_batches(std::string_view task, int rows_max, Step step);
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
    std::chrono::steady_clock::time_point expire_at_;  ///< These two: of sweeper_.
    std::chrono::steady_clock::time_point prune_at_;
    std::thread sweeper_;
};

}  // namespace accessd::app
