// A Lua script under its digest: sent once per server, and called by the digest from then on.
import { createHash } from 'node:crypto'

/** A script that servers keep under its digest. */
export interface Script {
  readonly source: string
  readonly digest: string
}

/** What a script is called with. */
export interface ScriptCall {
  readonly keys: readonly string[]
  readonly args: readonly (string | Buffer)[]
}

/** One command, word by word. */
export type Words = readonly (string | Buffer)[]

/** Makes a script of its source. */
export function defineScript(source: string): Script {
  return { source, digest: createHash('sha1').update(source).digest('hex') }
}

/**
 * Calls a script by its digest, and by its source where the server does not know it yet, or no longer.
 *
 * @throws whatever `send` rejects with
 */
export async function callScript(
  send: (words: Words) => Promise<unknown>,
  { source, digest }: Script,
  { keys, args }: ScriptCall,
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args]
  try {
    return await send(['EVALSHA', digest, ...rest])
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return send(['EVAL', source, ...rest])
  }
}
