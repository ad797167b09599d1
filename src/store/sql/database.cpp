#include "store/sql/database.h"

#include <exception>

namespace accessd::store {

Error to_error(const std::exception_ptr& exception)
{
    try {
        std::rethrow_exception(exception);
    } catch (const std::exception& known) {
        return Error{ErrorCode::Internal, std::string{"exception: "} + known.what()};
    } catch (...) {
        return Error{ErrorCode::Internal, "exception of an unknown type"};
    }
}

void Database::run_write_later(const Claims& claims, WriteJob job, WriteDone done)
{
    auto written = [&]() -> Result<void> {
        try {
            return run_write(claims, job);
        } catch (...) {
            return to_error(std::current_exception());
        }
    }();
    done(std::move(written));
}

}  // namespace accessd::store
