#pragma once

#include "biometrics/face_store.h"
#include "store/sql/audit_writer.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"

namespace accessd::store {

class SqlFaceStore final : public biometrics::FaceStore {
public:
    SqlFaceStore(Database& database, EventWriter& events, AuditWriter& audit)
        : database_(database), events_(events), audit_(audit)
    {
    }

    Result<void> enrol(const biometrics::NewFace& face, bool test, TimePoint now,
                       const events::AuditEntry& audit) override;
    Result<Page<biometrics::FaceRecord>> list(const std::string& project_id,
                                              const std::string& user_id,
                                              const PageRequest& page) override;
    Result<void> remove(const std::string& project_id, const std::string& user_id,
                        const std::string& face_id, TimePoint now, bool test,
                        const events::AuditEntry& audit) override;
    Result<Page<biometrics::Consent>> consents(const std::string& project_id,
                                               const std::string& user_id,
                                               const PageRequest& page) override;
    Result<int> withdraw(const std::string& project_id, const std::string& user_id,
                         const std::string& consent_id, TimePoint now, bool test,
                         const events::AuditEntry& audit) override;
    Result<int> remove_unused(const std::string& project_id, TimePoint before, bool test,
                              TimePoint now, int rows_max) override;
    Result<std::string> digest_key(const std::string& project_id,
                                   const std::string& fresh) override;
    Result<biometrics::FaceChanges> changes_after(const std::string& project_id,
                                                  std::int64_t number, int rows_max) override;
    Result<std::vector<biometrics::DestroyedFace>> destroyed_after(std::int64_t sequence,
                                                                   int rows_max) override;
    Result<biometrics::Provenance> provenance() override;
    Result<void> take_as_known() override;
    Result<int> destroy_again(const std::vector<biometrics::DestroyedFace>& destroyed,
                              TimePoint now) override;
    Result<std::vector<biometrics::ModelCount>> count_by_model() override;
    Result<std::vector<std::string>> users_without(const std::string& project_id,
                                                   std::string_view model, const std::string& after,
                                                   int rows_max) override;

private:
    Database& database_;
    EventWriter& events_;
    AuditWriter& audit_;
};

}  // namespace accessd::store
