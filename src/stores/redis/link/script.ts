// A Lua script under its digest: sent once per server, and called by the digest from then on.
import { createHash } from 'node:crypto'

/** A script that servers keep under its digest. */
export interface Script {
  readonly source: string
  readonly digest: string
  /** The same for servers before version 7, which know no flags. */
  readonly plain?: Script
}

/** What a script is called with. */
export interface ScriptCall {
  readonly keys: readonly string[]
  readonly args: readonly (string | Buffer)[]
}

/** One command, word by word. */
export type Words = readonly (string | Buffer)[]

/** Lets a script write a little where the server is out of memory. */
const EVEN_WHEN_FULL = '#!lua flags=allow-oom\n'

/** Makes a script of its source. */
export function defineScript(source: string): Script {
  return { source, digest: createHash('sha1').update(source).digest('hex') }
}

/** Makes a script that a server out of memory carries out as well: it frees some, or what it writes is small and matters. */
export function defineUrgentScript(source: string): Script {
  return { ...defineScript(EVEN_WHEN_FULL + source), plain: defineScript(source) }
}

/**
 * Calls a script by its digest, and by its source where the server does not know it yet, or no longer.
 *
 * @throws whatever `send` rejects with
 */
export async function callScript(
  send: (words: Words) => Promise<unknown>,
  { source, digest, plain }: Script,
  call: ScriptCall,
): Promise<unknown> {
  const { keys, args } = call
  const rest = [String(keys.length), ...keys, ...args]
  try {
    return await send(['EVALSHA', digest, ...rest])
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    const sending = send(['EVAL', source, ...rest])
    return plain === undefined
      ? sending
      : sending.catch((cause: unknown) => withoutFlags(cause, () => callScript(send, plain, call)))
  }
}

function withoutFlags<Result>(cause: unknown, callPlain: () => Promise<Result>): Promise<Result> {
  if (cause instanceof Error && /Error compiling script/.test(cause.message)) return callPlain()
  throw cause
}
