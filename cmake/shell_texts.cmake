# What shells and man read, printed by the program itself when it is installed: no list of commands is kept twice.
set(texts
    bash bash-completion/completions accessd
    zsh zsh/vendor-completions _accessd
    fish fish/vendor_completions.d accessd.fish
    man man/man8 accessd.8)
while(texts)
    list(POP_FRONT texts kind folder name)
    install(CODE "
        set(to \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/${folder}\")
        file(MAKE_DIRECTORY \"\${to}\")
        message(STATUS \"Installing: \${to}/${name}\")
        execute_process(COMMAND \"$<TARGET_FILE:accessd>\" completion ${kind}
            OUTPUT_FILE \"\${to}/${name}\" COMMAND_ERROR_IS_FATAL ANY)")
endwhile()
