// `cachette explain URL`: what would be decided for a call now, and why. Nothing is called.
import { Command } from 'commander'
import { describeCall, gather, parseUrl, type CallOptionTexts } from '../call-options.js'
import { EXIT } from '../exit-codes.js'
import { renderExplanation } from '../explain/explanation-view.js'
import type { Frame } from '../frame.js'

const EXAMPLES = `
Examples:
  cachette explain 'https://api.example.com/data?query=test'
  cachette explain https://api.example.com/data --param query=test --json | jq .policy`

export function explainCommand(frame: Frame): Command {
  return new Command('explain')
    .description("say what a call would get now, and why: key, policy, the entry's life, decision")
    .argument('<url>', 'the whole URL, in quotes where it holds & or ?')
    .option('--service <name>', "the service to call it as (default: the one that claims the URL's host)")
    .option('--param <name=value>', 'a query parameter; may be given several times', gather)
    .option('--header <line>', "a header field, 'Name: value'; may be given several times", gather)
    .addHelpText('after', EXAMPLES)
    .action((url: string, options: CallOptionTexts, command: Command) =>
      frame.run(command, async (context) => {
        const call = describeCall(options)
        const whole = parseUrl(url)
        const admin = await context.openAdmin()
        const explanation = await admin.explain(whole, call)
        if (context.isJson) context.printJson(explanation)
        else context.print(renderExplanation(explanation, context.layout, Date.now()))
        return EXIT.ok
      }),
    )
}
