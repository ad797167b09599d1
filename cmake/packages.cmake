# The libraries we link, all from Debian 12. scripts/packages.txt names their packages.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(CURL REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(CLI11 REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark QUIET)  # Only for bench/.
find_package(PkgConfig REQUIRED)
pkg_check_modules(pq REQUIRED IMPORTED_TARGET libpq>=12)
pkg_check_modules(idn2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(liboath REQUIRED IMPORTED_TARGET liboath)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(libmariadb REQUIRED IMPORTED_TARGET libmariadb)
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET prometheus-cpp-core)

# Header only, without a description for CMake.
find_path(ACCESSD_MUSTACHE_INCLUDE kainjow/mustache.hpp REQUIRED)
find_path(ACCESSD_TOML_INCLUDE toml++/toml.h REQUIRED)

# Debian's own, which is what the Python packages of packages.txt belong to.
set(ACCESSD_PYTHON /usr/bin/python3)

# Faces: resizing and turning pictures, and no more of OpenCV. Debian describes it to CMake only together with all of it.
find_path(ACCESSD_OPENCV_INCLUDE opencv2/imgproc.hpp PATH_SUFFIXES opencv4 REQUIRED)
find_library(ACCESSD_OPENCV_CORE opencv_core REQUIRED)
find_library(ACCESSD_OPENCV_IMGPROC opencv_imgproc REQUIRED)
set(ACCESSD_OPENCV_LIBRARIES ${ACCESSD_OPENCV_IMGPROC} ${ACCESSD_OPENCV_CORE})
