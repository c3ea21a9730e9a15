import type { Specs } from "./spec.ts";

/** Why a signal was sent: the codes that any signal can have. */
const ANY = `SI_USER SI_KERNEL SI_QUEUE SI_TIMER SI_MESGQ SI_ASYNCIO SI_SIGIO
  SI_TKILL SI_DETHREAD SI_ASYNCNL`;

function codes(names: string): Specs[string] {
  return { kind: "values", unknown: "SI_???", names: `${ANY} ${names}` };
}

/** The codes of siginfo_t, by signal. */
export const SIGNAL_CODES: Specs = {
  "signal_codes": codes(""),
  "sigill_codes": codes("ILL_*"),
  "sigfpe_codes": codes("FPE_*"),
  "sigsegv_codes": codes("SEGV_*"),
  "sigbus_codes": codes("BUS_*"),
  "sigtrap_codes": codes(
    "TRAP_BRKPT TRAP_TRACE TRAP_BRANCH TRAP_HWBKPT TRAP_UNK TRAP_PERF",
  ),
  "sigchld_codes": codes("CLD_*"),
  "sigpoll_codes": codes(
    "POLL_IN POLL_OUT POLL_MSG POLL_ERR POLL_PRI POLL_HUP",
  ),
  "sigsys_codes": codes("SYS_SECCOMP SYS_USER_DISPATCH"),
};
