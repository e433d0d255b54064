// The instance that a program puts into its client; undefined where it is to be seen what the client does without one.
import { createCachette } from 'cachette'

export const cachette =
  process.env.WITH_INSTANCE === 'true' ? await createCachette({ store: 'memory:' }) : undefined
