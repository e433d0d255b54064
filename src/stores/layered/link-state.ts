// What a front remembers of the store behind it, in one of its cells: for all processes of the machine, and across restarts.
import type { Cells } from '../../model/cells.js'

/** How a front stands to the store behind it. Numbers are those of the store behind. */
export interface LinkState {
  /** Which store it is; undefined until that could be asked. */
  readonly identity: string | undefined
  /** The front heeds all that changed up to this number. */
  readonly applied: number
  /** The number up to which somebody is applying changes at the moment, or was when it died. */
  readonly applying: number
  /** The highest number that something kept here has. */
  readonly kept: number
  /** The number of the last purge that was drawn here while the store behind was away; 0 for none since it is back. */
  readonly local: number
  /** True once something was written here alone since the store behind was last heard. */
  readonly isAlone: boolean
  /** What began before this number may have been purged, though no purge is known here that says so. Absent for none. */
  readonly forgotten?: number
  /** How often copies were dropped of which nobody could tell which are old; those further up go too. Absent for never. */
  readonly dropped?: number
  /** Another text with each purge that begins to wait for the store behind; absent while none waits. */
  readonly waiting?: string
}

/** The state of a link. */
export interface LinkStateCell {
  /** Undefined before the first link. */
  read(): Promise<LinkState | undefined>
  /** Changes it in one step; gives what it was changed to. */
  update(change: (before: LinkState) => LinkState): Promise<LinkState>
  /** Notes the number of something that is kept. */
  note(kept: number): Promise<void>
}

/** The longest that cells are kept; every change of the store behind renews it. */
export const KEPT_MS = 300 * 86_400_000

const NAME = 'layered:link'
const UNLINKED: LinkState = {
  identity: undefined,
  applied: 0,
  applying: 0,
  kept: 0,
  local: 0,
  isAlone: false,
}

/** Finds the state in the cells of a front. */
export function createLinkState(cells: Cells): LinkStateCell {
  const parse = (text: string | undefined): LinkState | undefined =>
    text === undefined ? undefined : (JSON.parse(text) as LinkState)

  const update: LinkStateCell['update'] = (change) =>
    cells.update(NAME, (before, nowMs) => {
      const state = change(parse(before) ?? UNLINKED)
      return { action: 'put', value: JSON.stringify(state), keepUntilMs: nowMs + KEPT_MS, result: state }
    })

  return {
    read: async () => parse(await cells.read(NAME)),
    update,
    async note(kept) {
      await update((before) => ({ ...before, kept: Math.max(before.kept, kept) }))
    },
  }
}

/** The highest number that is known here. */
export function numberOf({ applied, kept, local }: LinkState): number {
  return Math.max(applied, kept, local)
}

/** What it becomes once purges were told that waited when it was looked at; one that came later still waits. */
export function withoutWaiting(state: LinkState, seen: string | undefined): LinkState {
  const { waiting, ...others } = state
  return waiting === undefined || waiting !== seen ? state : others
}

/** Whether changes were applied between two looks. */
export function isSameLink(one: LinkState | undefined, other: LinkState | undefined): boolean {
  return (
    one?.identity === other?.identity && one?.applying === other?.applying && one?.applied === other?.applied
  )
}
