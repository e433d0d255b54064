// The names of services in the ledger. In an encrypted store figures stand under hashes of them, and the names beside, sealed:
// the server adds up the numbers, which stay readable, and cannot tell whose they are.
import type { Tallies } from '../../model/tally.js'
import { createByteReader } from '../codec/byte-reader.js'
import { createByteWriter } from '../codec/byte-writer.js'
import type { RowNames } from '../codec/row-names.js'
import type { KeyNames } from './key-names.js'
import type { Link } from './link/link.js'
import type { Lock } from './lock.js'

/** Names services as the store shows them, and back. */
export interface LedgerServices {
  /** Figures under the names that show; what those stand for is noted first. */
  hide(services: Tallies): Promise<Tallies>
  /** Figures under the names of services; those whose name cannot be read are left out. */
  reveal(shown: Tallies): Promise<Tallies>
}

/** Makes the names of a store's services. */
export function createLedgerServices(link: Link, names: KeyNames, lock: Lock): LedgerServices {
  /** What was noted, and among which names: a server that lost its data has others. */
  let noted: { readonly among: RowNames; readonly shown: Set<string> } | undefined

  function notedAmong(among: RowNames): Set<string> {
    if (noted?.among !== among) noted = { among, shown: new Set() }
    return noted.shown
  }

  async function note(services: readonly string[]): Promise<void> {
    const known = notedAmong(lock.rowNames())
    const fresh = services.filter((service) => !known.has(lock.shown(service)))
    if (fresh.length === 0) return
    const fields = fresh.flatMap((service) => [lock.shown(service), sealName(lock, service)])
    await link.talk('write figures', ['HSET', names.ledgerServices, ...fields])
    for (const service of fresh) known.add(lock.shown(service))
  }

  async function namesByShown(): Promise<ReadonlyMap<string, string>> {
    const fields = (await link.talk('read figures', ['HGETALL', names.ledgerServices])) as readonly Buffer[]
    const found = new Map<string, string>()
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const shown = String(fields[at])
      const name = openName(lock, shown, fields[at + 1])
      if (name !== undefined) found.set(shown, name)
    }
    return found
  }

  return {
    async hide(services) {
      if (!lock.rowNames().isHidden) return services
      await note(Object.keys(services))
      return Object.fromEntries(
        Object.entries(services).map(([service, tally]) => [lock.shown(service), tally]),
      )
    },
    async reveal(shown) {
      if (!lock.rowNames().isHidden || Object.keys(shown).length === 0) return shown
      const known = await namesByShown()
      return Object.fromEntries(
        Object.entries(shown).flatMap(([name, tally]) => {
          const service = known.get(name)
          return service === undefined ? [] : [[service, tally]]
        }),
      )
    },
  }
}

function sealName({ envelope, shown }: Lock, service: string): Buffer {
  const writer = createByteWriter()
  writer.strings([service])
  return Buffer.from(envelope.seal('tallies', Buffer.from(shown(service)), writer.finish()))
}

function openName({ envelope }: Lock, shown: string, sealed: Buffer | undefined): string | undefined {
  const opened = sealed && envelope.open('tallies', Buffer.from(shown), sealed)
  return opened?.state === 'whole' ? createByteReader(opened.payload).strings(1)[0] : undefined
}
