// `cachette quota`: what is left of budgets, which origins are left alone, and a way to begin anew.
import { Command } from 'commander'
import type { Admin } from '../../admin/admin.js'
import type { QuotaState } from '../../model/limits.js'
import { EXIT } from '../exit-codes.js'
import type { Frame } from '../frame.js'
import { renderQuotas } from '../quota/quota-view.js'
import { UsageError } from '../usage-error.js'

interface QuotaOptions {
  readonly service?: string
  readonly reset?: true
}

const EXAMPLES = `
Budgets are those of every process on the store. A reset does not change what the API itself counts: where it still
refuses, the next call begins a cool-down again.

Examples:
  cachette quota
  cachette quota --service spotify --reset
  cachette quota --json | jq '.quotas[] | select(.level != "ample")'`

export function quotaCommand(frame: Frame): Command {
  return new Command('quota')
    .description('show what is left of budgets, and cool-downs; or forget what was spent')
    .option('--service <name>', 'only this service')
    .option('--reset', 'forget what was spent and learned, and end cool-downs, for every process')
    .addHelpText('after', EXAMPLES)
    .action((options: QuotaOptions, command: Command) =>
      frame.run(command, async (context) => {
        const { service, reset } = options
        const admin = await context.openAdmin()
        const all = await admin.quotas()
        const quotas = service === undefined ? all : all.filter((state) => state.service === service)
        if (service !== undefined && quotas.length === 0) await checkKnown(admin, service)
        if (reset === true) await admin.resetQuota(service)
        if (context.isJson) context.printJson(reset === true ? { quotas, reset: true } : { quotas })
        else if (reset === true) context.print(resetSentence(quotas, service))
        else context.print(renderQuotas(quotas, context.layout, Date.now()))
        return EXIT.ok
      }),
    )
}

/** A name that is neither declared nor has budgets is most likely misspelt. */
async function checkKnown(admin: Admin, service: string): Promise<void> {
  const names = (await admin.services()).map(({ name }) => name)
  if (!names.includes(service))
    throw new UsageError(
      `there is no service ${service}, nor a budget of one; there are ${names.join(', ')}.`,
    )
}

/** What was forgotten, in a sentence. */
function resetSentence(quotas: readonly QuotaState[], service: string | undefined): string {
  const whose = service === undefined ? 'every service' : service
  const cooling = quotas.filter(({ coolDown }) => coolDown !== undefined).length
  const ended =
    cooling === 0 ? '' : `, and ${cooling === 1 ? 'a cool-down is' : `${cooling} cool-downs are`} over`
  return `Reset: the budgets of ${whose} are whole again${ended}, for every process on the store.`
}
