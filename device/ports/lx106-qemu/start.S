// Exception vectors, 16 bytes apart: a firmware that does what it may not (a call of nothing, a word at an odd
// address) ends QEMU with status 3.
    .section .vectors, "ax"
    .rept   16
    .align  16
    movi    a3, 3
    movi    a2, 1
    simcall
    .endr

// Reset vector: QEMU's lx106 core begins at 0x50000000, with memory cleared and the program in place.
    .section .reset, "ax"
    .global tlswatch_reset
    .type tlswatch_reset, @function
tlswatch_reset:
    j       1f
    .align  4
    .literal_position
1:
    movi    a1, tlswatch_stack_top
    movi    a0, main
    callx0  a0
    mov     a3, a2          // main's value is the process's exit status
    movi    a2, 1
    simcall
    .size tlswatch_reset, . - tlswatch_reset
