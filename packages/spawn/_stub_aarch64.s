// Walks a table of system calls in a child that shares its parent's memory.
//
// It is started by clone(2) as a function of one argument, the address of a
// program, whose layout is in _table.ts. It calls nothing, and writes to nothing
// but the program: the parent's memory is the child's, and its own stack is not
// used at all.
//
//   x19  the program
//   x20  the call

        .set CALL_SIZE, 96
        .set NR, 0
        .set ARGUMENTS, 8
        .set LEAST, 56
        .set SKIPS, 72
        .set RESULT_TO, 80
        .set RESULT, 88
        .set EXIT_GROUP, 94

        mov     x19, x0
        add     x20, x0, #16
call:   ldr     x8, [x20, #NR]
        cmn     x8, #1                  // the end of the table
        b.eq    stop
        ldp     x0, x1, [x20, #ARGUMENTS]
        ldp     x2, x3, [x20, #ARGUMENTS + 16]
        ldp     x4, x5, [x20, #ARGUMENTS + 32]
        svc     #0
        str     x0, [x20, #RESULT]
        ldr     x9, [x20, #RESULT_TO]
        str     x0, [x9]
        ldp     x10, x11, [x20, #LEAST] // is it from least to least + span?
        sub     x10, x0, x10
        cmp     x10, x11
        b.hi    refused
        add     x20, x20, #CALL_SIZE
        b       call

refused:                                // how many calls on, for this error?
        neg     x0, x0
        cmp     x0, #255
        b.hi    stop
        ldr     x9, [x20, #SKIPS]
        cbz     x9, stop
        ldrb    w0, [x9, x0]
        cbz     w0, stop
        mov     x10, #CALL_SIZE
        madd    x20, x0, x10, x20
        b       call

stop:   str     x20, [x19]
        mov     x0, #127
        mov     x8, #EXIT_GROUP
        svc     #0
