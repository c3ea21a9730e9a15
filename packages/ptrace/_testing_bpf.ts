/**
 * Runs a program of seccomp(2)'s BPF, as far as filters of system calls by
 * number use it, and checks it as the kernel does.
 *
 * @returns What the program returns.
 */
export function runBpf(
  program: Uint8Array,
  data: { nr: number; arch: number },
): number {
  const view = new DataView(program.buffer, program.byteOffset, program.length);
  const count = program.length / 8;
  const words = new Map([[0, data.nr >>> 0], [4, data.arch >>> 0]]);
  let accumulator = 0;
  for (let at = 0; at < count; at++) {
    const code = view.getUint16(8 * at, true);
    const ifTrue = view.getUint8(8 * at + 2);
    const ifFalse = view.getUint8(8 * at + 3);
    const k = view.getUint32(8 * at + 4, true);
    switch (code) {
      case 0x20: {
        const word = words.get(k);
        if (word === undefined) throw new Error(`It loads from ${k}`);
        accumulator = word;
        break;
      }
      case 0x05:
        at += k;
        break;
      case 0x15:
        at += accumulator === k ? ifTrue : ifFalse;
        break;
      case 0x35:
        at += accumulator >= k ? ifTrue : ifFalse;
        break;
      case 0x06:
        return k;
      default:
        throw new Error(`There is no instruction 0x${code.toString(16)}`);
    }
  }
  throw new Error("It goes on behind its end");
}
