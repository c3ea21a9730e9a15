# Walks a table of system calls in a child that shares its parent's memory.
#
# It is started by clone(2) as a function of one argument, the address of a
# program, whose layout is in _table.ts. It calls nothing, and writes to nothing
# but the program: the parent's memory is the child's, and its own stack is not
# used at all.
#
#   rbx  the program
#   r12  the call

        .intel_syntax noprefix
        .set CALL_SIZE, 96
        .set NR, 0
        .set ARGUMENTS, 8
        .set LEAST, 56
        .set SPAN, 64
        .set SKIPS, 72
        .set RESULT_TO, 80
        .set RESULT, 88
        .set EXIT_GROUP, 231

        mov     rbx, rdi
        lea     r12, [rdi + 16]
call:   mov     rax, [r12 + NR]
        cmp     rax, -1                 # the end of the table
        je      stop
        mov     rdi, [r12 + ARGUMENTS]
        mov     rsi, [r12 + ARGUMENTS + 8]
        mov     rdx, [r12 + ARGUMENTS + 16]
        mov     r10, [r12 + ARGUMENTS + 24]
        mov     r8, [r12 + ARGUMENTS + 32]
        mov     r9, [r12 + ARGUMENTS + 40]
        syscall
        mov     [r12 + RESULT], rax
        mov     rcx, [r12 + RESULT_TO]
        mov     [rcx], rax
        mov     rdx, rax                # is it from least to least + span?
        sub     rdx, [r12 + LEAST]
        cmp     rdx, [r12 + SPAN]
        ja      refused
        add     r12, CALL_SIZE
        jmp     call

refused:                                # how many calls on, for this error?
        neg     rax
        cmp     rax, 255
        ja      stop
        mov     rcx, [r12 + SKIPS]
        test    rcx, rcx
        jz      stop
        movzx   eax, byte ptr [rcx + rax]
        test    eax, eax
        jz      stop
        imul    rax, rax, CALL_SIZE
        add     r12, rax
        jmp     call

stop:   mov     [rbx], r12
        mov     edi, 127
        mov     eax, EXIT_GROUP
        syscall
