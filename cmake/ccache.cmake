# Compile through ccache where there is one. A precompiled header is only cached with these settings:
# https://ccache.dev/manual/4.7.5.html#_precompiled_headers
find_program(ACCESSD_CCACHE ccache)
if(ACCESSD_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${ACCESSD_CCACHE})
endif()
