# A process that makes system calls for another one, and adopts what its child
# leaves behind.
#
# Its file is laid out in _supervisor_image.ts: four numbers, this code, and
# right behind it that of _stub_x86_64.s. It shares memory with the one it works
# for, at the same address in both, whose first bytes are laid out in
# _supervisor.ts. A byte through a socket asks for the system call that is
# described there, and a byte tells that it was made. When nobody can ask any
# more, it kills all that is left, and ends.
#
#   r13  the shared memory
#   r14  the socket

        .intel_syntax noprefix
        .set CALL, 0
        .set TABLE, 56
        .set RESULT, 64
        .set TOKEN, 72
        .set NAMES, 4096                # room for the numbers of children
        .set NAMES_SIZE, 4096

        .set READ, 0
        .set WRITE, 1
        .set CLOSE, 3
        .set MMAP, 9
        .set CLONE, 56
        .set WAIT4, 61
        .set KILL, 62
        .set EXIT_GROUP, 231
        .set OPENAT, 257

start:  mov     rdi, [rip + start - 32]
        mov     rsi, [rip + start - 24]
        mov     edx, 3                  # PROT_READ | PROT_WRITE
        mov     r10d, 0x100001          # MAP_SHARED | MAP_FIXED_NOREPLACE
        mov     r8, [rip + start - 16]
        xor     r9d, r9d
        mov     eax, MMAP
        syscall
        cmp     rax, rdi
        jne     exit
        mov     r13, rdi
        mov     r14, [rip + start - 8]

answer: mov     rdi, r14
        lea     rsi, [r13 + TOKEN]
        mov     edx, 1
        mov     eax, WRITE
        syscall
        mov     rdi, r14
        lea     rsi, [r13 + TOKEN]
        mov     edx, 1
        mov     eax, READ
        syscall
        cmp     rax, 1
        jne     round
        mov     rbx, [r13 + CALL]       # by the time a child runs there may
        mov     rax, rbx                # be another call
        mov     rdi, [r13 + CALL + 8]
        mov     rsi, [r13 + CALL + 16]
        mov     rdx, [r13 + CALL + 24]
        mov     r10, [r13 + CALL + 32]
        mov     r8, [r13 + CALL + 40]
        mov     r9, [r13 + CALL + 48]
        syscall
        test    rax, rax
        jnz     made
        cmp     rbx, CLONE
        je      child
made:   mov     [r13 + RESULT], rax
        jmp     answer

round:  mov     edi, -100               # AT_FDCWD
        lea     rsi, [rip + path]
        mov     edx, 0x80000            # O_CLOEXEC
        mov     eax, OPENAT
        syscall
        test    rax, rax
        js      exit
        mov     r12, rax
        mov     rdi, rax
        lea     rsi, [r13 + NAMES]
        mov     edx, NAMES_SIZE
        mov     eax, READ
        syscall
        lea     r15, [r13 + NAMES]      # the next character
        lea     rbx, [r15 + rax]        # the end of them
        mov     rdi, r12
        mov     eax, CLOSE
        syscall
        xor     edi, edi                # the number read so far
next:   cmp     r15, rbx
        jae     reap
        movzx   eax, byte ptr [r15]
        inc     r15
        sub     eax, '0'
        cmp     eax, 9
        ja      number
        imul    edi, edi, 10
        add     edi, eax
        jmp     next
number: test    edi, edi
        jz      next
        mov     esi, 9                  # SIGKILL
        mov     eax, KILL
        syscall
        xor     edi, edi
        jmp     next

reap:   mov     rdi, -1
        xor     esi, esi
        mov     edx, 0x40000000         # __WALL
        xor     r10d, r10d
        mov     eax, WAIT4
        syscall
        test    rax, rax
        jns     round                   # its children are this one's by now

exit:   mov     edi, 127
        mov     eax, EXIT_GROUP
        syscall

path:   .asciz  "/proc/thread-self/children"

child:  mov     rdi, [r13 + TABLE]      # the stub begins here
