#pragma once

#include "access/lock_store.h"
#include "biometrics/enrolment.h"
#include "biometrics/face_compare.h"
#include "biometrics/face_login.h"
#include "events/event_store.h"
#include "fake_analyst.h"
#include "limits/limit_store.h"
#include "projects/project_cache.h"
#include "projects/projects.h"
#include "store/open.h"
#include "store/stores.h"
#include "support/fakes.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace accessd::test {

/// The real rules over a real embedded store, with time, randomness and what pictures show in the test's hands.
class FaceTest : public testing::Test {
protected:
    FaceTest()
    {
        stores_ = store::open(folder_.path(), clock_, random_).value();
        keyring_ = crypto::Keyring::open(Secret{std::string(32, 'k')}, stores_->key_material(),
                                         clock_, random_)
                       .value();
        signing_keys_ =
            tokens::SigningKeys::open(stores_->signing_keys(), *keyring_, clock_, random_).value();
        cache_ = std::make_unique<projects::ProjectCache>(stores_->projects(), clock_);
        projects_ =
            std::make_unique<projects::Projects>(stores_->projects(), *cache_, clock_, random_);
        directory_ = std::make_unique<users::Directory>(stores_->users(), clock_, random_);
        revocations_ = std::make_unique<tokens::Revocations>(stores_->revocations(), clock_);
        login_tokens_ = std::make_unique<tokens::LoginTokens>(*signing_keys_, *revocations_, clock_,
                                                              random_, tokens::TokenPolicy{});
        validation_tokens_ = std::make_unique<tokens::ValidationTokens>(
            *signing_keys_, *revocations_, clock_, random_, tokens::TokenPolicy{});
        comparison_ = std::make_unique<face::Comparison>(FakeAnalyst::models());
        vault_ = std::make_unique<biometrics::FaceVault>(*keyring_, random_);
        make_parts(false);

        projects::Project project;
        project.name = "Shop";
        const auto setup = projects_->create(std::move(project), {}).value();
        project_id_ = setup.project.id;
        flow_id_ = setup.flows[0].id;
        change_flow([](projects::Flow& flow) {
            flow.biometric.enabled = true;
            flow.policy = {projects::Policy::Kind::Any,
                           {projects::Method::Email, projects::Method::Biometric}};
        });
    }

    /// Everything over the fake, with or without a presentation-attack model.
    void make_parts(bool has_passive)
    {
        const biometrics::FaceReader reader{{&analyst_, comparison_.get(), has_passive}};
        index_ = std::make_unique<biometrics::FaceIndex>(stores_->faces(), *vault_, reader, clock_);
        enrolment_ = std::make_unique<biometrics::Enrolment>(
            biometrics::Enrolment::Parts{.store = stores_->biometrics(),
                                         .faces = stores_->faces(),
                                         .validations = stores_->validations(),
                                         .projects = *cache_,
                                         .reader = reader,
                                         .index = *index_,
                                         .vault = *vault_,
                                         .tokens = *validation_tokens_,
                                         .clock = clock_,
                                         .random = random_,
                                         .limit_settings = limits_,
                                         .settings = settings_});
        login_ = std::make_unique<biometrics::FaceLogin>(biometrics::FaceLogin::Parts{
            .store = stores_->biometrics(),
            .faces = stores_->faces(),
            .validations = stores_->validations(),
            .projects = *cache_,
            .users = stores_->users(),
            .reader = reader,
            .index = *index_,
            .vault = *vault_,
            .validation_tokens = *validation_tokens_,
            .login_tokens = *login_tokens_,
            .clock = clock_,
            .random = random_,
            .limit_settings = limits_,
            .settings = settings_,
            .judge = [this](const auto&, auto, auto, const auto&, const auto&, const auto&) {
                return verdict_;
            }});
        compare_ = std::make_unique<biometrics::FaceCompare>(
            biometrics::FaceCompare::Parts{.reader = reader,
                                           .index = *index_,
                                           .limits = stores_->limits(),
                                           .clock = clock_,
                                           .settings = settings_});
    }

    void change_flow(const std::function<void(projects::Flow&)>& change)
    {
        ASSERT_TRUE(projects_->change_flow(flow_id_, all_, change, {}, {}));
    }

    biometrics::EnrolRequest enrol_request(const std::string& user_id,
                                           std::vector<std::string> pictures)
    {
        biometrics::EnrolRequest request;
        request.where.project_id = project_id_;
        request.user_id = user_id;
        request.pictures = std::move(pictures);
        request.opened_by = "key_1";
        return request;
    }
    Result<biometrics::EnrolledFace> enrol(const std::string& user_id,
                                           std::vector<std::string> pictures)
    {
        return enrolment_->enrol(enrol_request(user_id, std::move(pictures)), all_);
    }
    /// Enrolled for good, at once.
    biometrics::EnrolledFace enrolled(const std::string& user_id, const std::string& picture)
    {
        auto request = enrol_request(user_id, {picture});
        request.activate = true;
        auto done = enrolment_->enrol(request, all_);
        if (!done) throw std::runtime_error{std::string{to_text(done.error().code)}};
        pass_time();
        return *std::move(done);
    }

    Result<biometrics::StartedFace> start(const std::string& user_id)
    {
        biometrics::StartRequest request;
        request.where.project_id = project_id_;
        request.user_id = user_id;
        request.opened_by = "key_1";
        return login_->start(request, all_);
    }
    std::string started(const std::string& user_id)
    {
        const auto begun = start(user_id);
        if (!begun) throw std::runtime_error{std::string{to_text(begun.error().code)}};
        return begun->validation.validation.id;
    }

    static biometrics::FaceTry attempt(const std::string& validation_id)
    {
        biometrics::FaceTry request;
        request.validation_id = validation_id;
        return request;
    }
    Result<biometrics::DonePart> verify(const std::string& validation_id,
                                        const std::string& picture)
    {
        return login_->verify_face(attempt(validation_id), picture, all_);
    }
    Result<biometrics::DonePart> show(const std::string& validation_id, const std::string& picture)
    {
        return login_->check_liveness(attempt(validation_id), {picture}, false, all_);
    }
    Result<biometrics::DonePart> perform(const std::string& validation_id,
                                         const std::vector<std::string>& frames)
    {
        return login_->check_liveness(attempt(validation_id), frames, true, all_);
    }

    /// Out of the way of the limit of calls.
    void pass_time() { clock_.advance(std::chrono::seconds{61}); }

    std::vector<std::string> event_names()
    {
        std::vector<std::string> names;
        const auto list = stores_->events().after(project_id_, 0, 1000);
        for (const auto& event : *list) names.emplace_back(events::to_text(event.type));
        return names;
    }
    std::int64_t count_of(std::string_view name)
    {
        const auto names = event_names();
        return std::count(names.begin(), names.end(), name);
    }
    std::vector<biometrics::FaceRecord> faces_of(const std::string& user_id)
    {
        return stores_->faces().list(project_id_, user_id, {}).value().items;
    }

    TempFolder folder_;
    FakeClock clock_;
    FakeRandom random_;
    const ProjectScope all_ = ProjectScope::all();
    FakeAnalyst analyst_;
    config::Limits limits_;
    config::Biometrics settings_;
    face::ChallengeVerdict verdict_{.passed = true, .failure = {}, .frames = {}};
    std::unique_ptr<store::Stores> stores_;
    std::unique_ptr<crypto::Keyring> keyring_;
    std::unique_ptr<tokens::SigningKeys> signing_keys_;
    std::unique_ptr<projects::ProjectCache> cache_;
    std::unique_ptr<projects::Projects> projects_;
    std::unique_ptr<users::Directory> directory_;
    std::unique_ptr<tokens::Revocations> revocations_;
    std::unique_ptr<tokens::LoginTokens> login_tokens_;
    std::unique_ptr<tokens::ValidationTokens> validation_tokens_;
    std::unique_ptr<face::Comparison> comparison_;
    std::unique_ptr<biometrics::FaceVault> vault_;
    std::unique_ptr<biometrics::FaceIndex> index_;
    std::unique_ptr<biometrics::Enrolment> enrolment_;
    std::unique_ptr<biometrics::FaceLogin> login_;
    std::unique_ptr<biometrics::FaceCompare> compare_;
    std::string project_id_;
    std::string flow_id_;
};

}  // namespace accessd::test
