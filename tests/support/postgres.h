#pragma once

#include <string>

namespace accessd::test {

/// A database of its own on the server that scripts/test_postgres started (ACCESSD_TEST_POSTGRES), gone with this.
/// Throws where there is no such server: a test that needs it fails, and isn't left out.
class PostgresDatabaseForTest {
public:
    PostgresDatabaseForTest();
    PostgresDatabaseForTest(const PostgresDatabaseForTest&) = delete;
    PostgresDatabaseForTest& operator=(const PostgresDatabaseForTest&) = delete;
    ~PostgresDatabaseForTest();

    const std::string& url() const { return url_; }

private:
    std::string name_;
    std::string url_;
};

}  // namespace accessd::test
