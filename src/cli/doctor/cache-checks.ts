// What the doctor asks of the cache: its stores and its services. Pure.
import type { HealthReport } from '../../admin/admin.js'
import type { ServiceInfo } from '../../model/tool-reports.js'
import type { StoreHealth } from '../../model/store.js'
import { counted, formatBytes } from '../format/figures.js'
import { fail, ok, warn, type Check } from './check.js'

/**
 * One line per tier that outlives the process; one in all where there is none. `warnings` are what the library
 * said while it opened them: without a lasting tier, the reason why.
 */
export function checkStores({ tiers }: HealthReport, warnings: readonly string[]): readonly Check[] {
  const lasting = tiers.filter(({ tier }) => tier !== 'memory')
  if (lasting.length > 0) return [...lasting.map(checkStore), ...warnings.map(warning)]
  if (warnings.length > 0) {
    return [fail('store', warnings.join('; '), 'correct it, or move the store with CACHETTE_STORE')]
  }
  const advice = "set CACHETTE_STORE, for example to 'lmdb:./.cachette', unless that is intended"
  return [warn('store', 'memory only: what is cached ends with the process', advice)]
}

function warning(text: string): Check {
  return warn('store', text, 'nothing has to be done if entries may be asked for anew')
}

function checkStore({
  tier,
  location,
  problem,
  isWritable,
  entries,
  sizeBytes,
  maxBytes,
}: StoreHealth): Check {
  const where = location === undefined ? tier : `${tier} at ${location}`
  if (problem !== undefined)
    return fail('store', `${where}: ${problem}`, 'correct it, or move the store with CACHETTE_STORE')
  if (!isWritable) {
    const advice = 'give this user the right to write there, or move the store with CACHETTE_STORE'
    return fail('store', `${where} cannot be written to`, advice)
  }
  const bound = maxBytes === Infinity || maxBytes <= 0 ? '' : ` of ${formatBytes(maxBytes)}`
  return ok(
    'store',
    `${where}: opens and can be written to, ${counted(entries, 'entry', 'entries')}, ${formatBytes(sizeBytes)}${bound}`,
  )
}

/** One line per tier that outlives the process and keeps what it has in its own way: a Store that was given says nothing. */
export function checkEncryption({ tiers }: HealthReport): readonly Check[] {
  return tiers
    .filter(({ tier, problem }) => (tier === 'lmdb' || tier === 'redis') && problem === undefined)
    .map(({ tier, encryption }) => {
      if (encryption === undefined)
        return ok('encryption', `${tier}: off; CACHETTE_ENCRYPTION_KEY turns it on`)
      const { entriesUnderOlderKeys: older } = encryption
      if (older === 0) return ok('encryption', `${tier}: on, every entry under the present key`)
      return ok(
        'encryption',
        `${tier}: on; about ${counted(older, 'entry', 'entries')} under an older key: ` +
          'leave it in CACHETTE_ENCRYPTION_KEY_PREVIOUS until there is none, or do without them',
      )
    })
}

/** One line per service. */
export function checkCredentials(services: readonly ServiceInfo[]): readonly Check[] {
  return services.map(({ name, hasCredentials, missing }) => {
    if (hasCredentials) return ok(`service ${name}`, 'ready: credentials present or not needed')
    return warn(`service ${name}`, 'no credentials', `set ${missing.join(' and ')} to use it`)
  })
}
