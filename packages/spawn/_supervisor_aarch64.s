// A process that makes system calls for another one, and adopts what its child
// leaves behind.
//
// Its file is laid out in _supervisor_image.ts: four numbers, this code, and
// right behind it that of _stub_aarch64.s. It shares memory with the one it
// works for, at the same address in both, whose first bytes are laid out in
// _supervisor.ts. A byte through a socket asks for the system call that is
// described there, and a byte tells that it was made. When nobody can ask any
// more, it kills all that is left, and ends.
//
//   x19  the shared memory
//   x20  the socket

        .set CALL, 0
        .set TABLE, 56
        .set RESULT, 64
        .set TOKEN, 72
        .set NAMES, 4096                // room for the numbers of children
        .set NAMES_SIZE, 4096

        .set OPENAT, 56
        .set CLOSE, 57
        .set READ, 63
        .set WRITE, 64
        .set EXIT_GROUP, 94
        .set KILL, 129
        .set CLONE, 220
        .set MMAP, 222
        .set WAIT4, 260

start:  adr     x9, start - 32
        ldp     x19, x1, [x9]
        ldp     x4, x20, [x9, #16]
        mov     x0, x19
        mov     x2, #3                  // PROT_READ | PROT_WRITE
        mov     x3, #1                  // MAP_SHARED | MAP_FIXED_NOREPLACE
        movk    x3, #0x10, lsl #16
        mov     x5, #0
        mov     x8, #MMAP
        svc     #0
        cmp     x0, x19
        b.ne    exit

answer: mov     x0, x20
        add     x1, x19, #TOKEN
        mov     x2, #1
        mov     x8, #WRITE
        svc     #0
        mov     x0, x20
        add     x1, x19, #TOKEN
        mov     x2, #1
        mov     x8, #READ
        svc     #0
        cmp     x0, #1
        b.ne    round
        ldp     x8, x0, [x19, #CALL]
        ldp     x1, x2, [x19, #CALL + 16]
        ldp     x3, x4, [x19, #CALL + 32]
        ldr     x5, [x19, #CALL + 48]
        svc     #0
        cbnz    x0, made
        cmp     x8, #CLONE
        b.eq    child
made:   str     x0, [x19, #RESULT]
        b       answer

round:  mov     x0, #-100               // AT_FDCWD
        adr     x1, path
        mov     x2, #0x80000            // O_CLOEXEC
        mov     x8, #OPENAT
        svc     #0
        tbnz    x0, #63, exit
        mov     x21, x0
        add     x22, x19, #NAMES        // the next character
        mov     x1, x22
        mov     x2, #NAMES_SIZE
        mov     x8, #READ
        svc     #0
        add     x23, x22, x0            // the end of them
        mov     x0, x21
        mov     x8, #CLOSE
        svc     #0
        mov     x24, #0                 // the number read so far
next:   cmp     x22, x23
        b.hs    reap
        ldrb    w9, [x22], #1
        sub     w9, w9, #'0'
        cmp     w9, #9
        b.hi    number
        mov     x10, #10
        madd    x24, x24, x10, x9
        b       next
number: cbz     x24, next
        mov     x0, x24
        mov     x1, #9                  // SIGKILL
        mov     x8, #KILL
        svc     #0
        mov     x24, #0
        b       next

reap:   mov     x0, #-1
        mov     x1, #0
        mov     x2, #0x40000000         // __WALL
        mov     x3, #0
        mov     x8, #WAIT4
        svc     #0
        tbz     x0, #63, round          // its children are this one's by now

exit:   mov     x0, #127
        mov     x8, #EXIT_GROUP
        svc     #0

path:   .asciz  "/proc/thread-self/children"
        .balign 4

child:  ldr     x0, [x19, #TABLE]       // the stub begins here
