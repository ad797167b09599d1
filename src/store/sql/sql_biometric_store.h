#pragma once

#include "biometrics/biometric_store.h"
#include "store/sql/database.h"
#include "store/sql/event_writer.h"

namespace accessd::store {

class SqlBiometricStore final : public biometrics::BiometricStore {
public:
    SqlBiometricStore(Database& database, EventWriter& events)
        : database_(database), events_(events)
    {
    }

    Result<limits::Decision> count_call(const biometrics::CountedCall& call) override;
    Result<biometrics::Person> find_person(const std::string& project_id,
                                           const std::string& user_id) override;
    Result<std::optional<biometrics::FaceRecord>> find_face(const std::string& project_id,
                                                            const std::string& face_id) override;
    Result<void> check_tries(const access::Identity& identity, const std::string& client,
                             const access::FailureLimits& limits, TimePoint now) override;
    Result<void> count_mismatch(const biometrics::Mismatch& mismatch) override;
    Result<biometrics::BiometricValidation> begin(
        const biometrics::BeginValidation& request) override;
    Result<std::optional<biometrics::BiometricValidation>> find(const std::string& id,
                                                                const ProjectScope& scope) override;
    Result<biometrics::BiometricValidation> charge(const biometrics::ChargeTry& request) override;
    Result<biometrics::PassedPart> pass(const biometrics::PassPart& request) override;
    Result<biometrics::BiometricValidation> fail(const biometrics::FailPart& request) override;
    Result<void> renew_challenge(const biometrics::BiometricValidation& validation) override;
    Result<std::vector<biometrics::SeenPicture>> seen_pictures(
        const std::string& project_id, const std::string& user_id,
        const std::vector<std::string>& digests, TimePoint now) override;
    Result<void> report_replay(const access::Validation& validation, bool test,
                               TimePoint now) override;
    Result<int> prune(TimePoint now, int rows_max) override;

private:
    Database& database_;
    EventWriter& events_;
};

}  // namespace accessd::store
