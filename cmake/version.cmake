# accessd_version(): makes the library accessd_version, which implements app/version.h. The commit is
# looked up in every build, and compiled in when it changed.
function(accessd_version)
    set(source ${CMAKE_BINARY_DIR}/generated/version.cpp)
    add_custom_target(accessd_version_source
        BYPRODUCTS ${source}
        COMMAND ${CMAKE_COMMAND} -DVERSION=${PROJECT_VERSION} -DCHECKOUT=${CMAKE_SOURCE_DIR}
                -DOUTPUT=${source} -P ${CMAKE_SOURCE_DIR}/cmake/version_generate.cmake
        VERBATIM)
    add_library(accessd_version STATIC ${source})
    add_dependencies(accessd_version accessd_version_source)
    target_include_directories(accessd_version PRIVATE ${CMAKE_SOURCE_DIR}/src)
endfunction()
