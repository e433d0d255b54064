// `cachette demo`: what the cache does for three APIs, without network or keys, on a store that is thrown away.
import { Command } from 'commander'
import type { Frame } from '../frame.js'
import { positiveInteger } from '../positive-integer.js'

interface DemoOptions {
  readonly responses?: string
  readonly requests: string
  readonly seed: string
}

const MOST_REQUESTS = 1_000_000
const MOST_SEED = 4_294_967_295

const EXAMPLES = `
A server on this machine answers like TMDB, Spotify and Google Books, with their delays and, now and then, their
refusals. The same seed gives the same requests, delays and refusals.

Examples:
  cachette demo --requests 5000 --seed 7
  cachette demo --responses ./recorded    replay recorded responses: a folder with MANIFEST.json and bodies`

export function demoCommand(frame: Frame): Command {
  return new Command('demo')
    .alias('demo_cache')
    .description('show what the cache does for three APIs, without network or keys')
    .option('--responses <folder>', 'replay recorded responses instead of answers made up')
    .option('--requests <count>', 'how many requests to send', '1500')
    .option('--seed <number>', 'what requests, delays and refusals are drawn from', '1')
    .addHelpText('after', EXAMPLES)
    .action((options: DemoOptions, command: Command) =>
      frame.run(command, async (context) => {
        const length = positiveInteger('--requests', options.requests, MOST_REQUESTS)
        const seed = positiveInteger('--seed', options.seed, MOST_SEED)
        const { responses } = options
        // No other command needs the three APIs.
        const { playDemo } = await import('../demo/play-demo.js')
        return playDemo(context, { length, seed, ...(responses !== undefined && { responses }) })
      }),
    )
}
