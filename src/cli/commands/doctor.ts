// `cachette doctor`: checks everything that a cache needs, and says what to do about what is missing.
import { existsSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Command } from 'commander'
import type { Admin } from '../../admin/admin.js'
import type { CommandContext } from '../context.js'
import { describeFailure } from '../describe-failure.js'
import { checkCredentials, checkEncryption, checkStores } from '../doctor/cache-checks.js'
import { fail, type Check } from '../doctor/check.js'
import {
  checkClock,
  checkConfiguration,
  checkDisk,
  checkLmdb,
  checkNode,
  checkPermissions,
} from '../doctor/machine-checks.js'
import { renderChecks } from '../doctor/report-view.js'
import { EXIT } from '../exit-codes.js'
import type { Frame } from '../frame.js'

const EXAMPLES = `
Ends with 1 where a check fails; warnings do not count.

Examples:
  cachette doctor
  cachette doctor --json | jq '.checks[] | select(.status != "ok")'`

export function doctorCommand(frame: Frame): Command {
  return new Command('doctor')
    .description('check Node, store, configuration and credentials, and say what to do')
    .addHelpText('after', EXAMPLES)
    .action((_options: unknown, command: Command) =>
      frame.run(command, async (context) => {
        const checks = [checkNode(process.version), await checkLmdb(), ...(await checkCache(context))]
        const isHealthy = checks.every(({ status }) => status !== 'fail')
        if (context.isJson) context.printJson({ isHealthy, checks })
        else context.print(renderChecks(checks, context.layout))
        return isHealthy ? EXIT.ok : EXIT.failed
      }),
    )
}

/** Everything that needs the cache; where it does not open, that is the finding. */
async function checkCache(context: CommandContext): Promise<readonly Check[]> {
  let admin: Admin
  try {
    admin = await context.openAdmin()
  } catch (error) {
    const { message } = describeFailure(error)
    return [fail('configuration', message, 'correct it and run again'), checkClock(Date.now(), [])]
  }
  const health = await admin.health()
  // Warnings are told a turn of the event loop later.
  await nextTurn()
  const [metrics, services, page] = [
    await admin.metrics(),
    await admin.services(),
    await admin.list({ limit: 100 }),
  ]
  const instants = [metrics.sinceMs, ...page.entries.map((entry) => entry.storedAtMs)]
  const folders = health.tiers.filter(({ tier, location }) => tier === 'lmdb' && existsSync(location ?? ''))
  const folderChecks = folders.map(async ({ location = '', maxBytes, sizeBytes }) => [
    checkPermissions(location),
    await checkDisk(location, Math.max(0, maxBytes - sizeBytes)),
  ])
  return [
    checkConfiguration(process.cwd()),
    ...checkStores(health, context.warnings),
    ...checkEncryption(health),
    ...(await Promise.all(folderChecks)).flat(),
    ...checkCredentials(services),
    checkClock(Date.now(), instants),
  ]
}
