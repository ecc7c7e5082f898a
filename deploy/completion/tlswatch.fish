# fish completion of tlswatch, which knows itself what a word may become; file names behind the options that want them.
complete -c tlswatch -f -a '(tlswatch complete -- (commandline -opc)[2..-1] "$(commandline -ct)" 2> /dev/null)'
complete -c tlswatch -n 'string match -qr -- "^--(config|store|log|cafile|cert)\$" (commandline -opc)[-1]' -F
