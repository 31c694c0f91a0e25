// A whole static program for Linux: the ELF header, one program header, and the code that prints a line and exits 0.
// Assembled to a flat binary, so nothing of a linker's tables is in it.

#if defined(__x86_64__)
#define MACHINE 62
#elif defined(__aarch64__)
#define MACHINE 183
#endif

    .set base, 0x400000

elf:
    .byte 0x7f, 'E', 'L', 'F', 2, 1, 1, 0     // 64 bits, little-endian
    .quad 0
    .short 2, MACHINE                         // an executable at fixed addresses
    .long 1
    .quad base + start - elf                  // entry point
    .quad segment - elf                       // program headers
    .quad 0                                   // no section headers
    .long 0
    .short 64, 56, 1, 0, 0, 0

segment:
    .long 1, 5                                // PT_LOAD, readable and executable
    .quad 0, base, base
    .quad end - elf, end - elf, 0x1000

start:
#if defined(__x86_64__)
    mov $1, %eax                              // write(1, message, length)
    mov $1, %edi
    lea message(%rip), %rsi
    mov $(end - message), %edx
    syscall
    mov $60, %eax                             // exit(0)
    xor %edi, %edi
    syscall
#elif defined(__aarch64__)
    mov x8, #64
    mov x0, #1
    adr x1, message
    mov x2, #(end - message)
    svc #0
    mov x8, #93
    mov x0, #0
    svc #0
#endif

message:
#if defined(__x86_64__)
    .ascii "Hello from a container for linux/amd64.\n"
#elif defined(__aarch64__)
    .ascii "Hello from a container for linux/arm64.\n"
#endif
end:
