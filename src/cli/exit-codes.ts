// Every exit code, once; `--help` and docs/guide/command-line.md say the same.

/** How a run of the command line may end. */
export const EXIT = Object.freeze({
  ok: 0,
  /** What was asked for failed: a check, a hit rate, an origin, an entry that is not there. */
  failed: 1,
  /** Wrong usage or configuration: nothing was tried. */
  usage: 2,
  /** Ended by Ctrl-C before the work was done. */
  interrupted: 130,
})

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    what was asked for failed: hit rate under 40 %, a failed check, an origin error, no such entry
  2    wrong usage or configuration: nothing was tried
  130  interrupted with Ctrl-C`
