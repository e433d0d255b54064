// What a user of the server must be allowed to do, and no more. Data, for warnings, the guide and the tests.

/** The commands, as Redis' access lists name them. */
export const NEEDED_COMMANDS: readonly string[] = [
  ...['ping', 'get', 'getrange', 'mget', 'set', 'exists', 'pexpire', 'persist', 'unlink', 'del'],
  ...['eval', 'evalsha', 'time', 'publish', 'subscribe', 'unsubscribe', 'info'],
  ...['hget', 'hmget', 'hset', 'hsetnx', 'hdel', 'hlen', 'hgetall', 'hincrby', 'hincrbyfloat'],
  ...['zadd', 'zrem', 'zrange', 'zrangebylex', 'zrangebyscore', 'zmscore', 'xadd', 'xrange'],
]

/** What the rights are for. */
export interface RightsFor {
  readonly prefix: string
  /** The number of the database. */
  readonly database: number
  readonly isCluster: boolean
}

/** The rules that give a user these rights on the names that begin with the prefix, and take all others away. */
export function neededRules({ prefix, database, isCluster }: RightsFor): readonly string[] {
  const names = ['resetkeys', `~${prefix}:*`, 'resetchannels', `&${prefix}:*`]
  const commands = [
    ...NEEDED_COMMANDS,
    ...(database !== 0 && !isCluster ? ['select'] : []),
    ...(isCluster ? ['cluster|slots'] : []),
  ]
  return [...names, '-@all', ...commands.map((command) => `+${command}`)]
}

/** The same as a sentence, for a warning. */
export function neededRightsSentence(rightsFor: RightsFor): string {
  return `It needs these rights: ACL SETUSER … ${neededRules(rightsFor).join(' ')}`
}
