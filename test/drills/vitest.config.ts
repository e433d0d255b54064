// The short forms of drills, for `npm run check:drills`.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/drills/short-drills.ts'],
    // Real servers, processes and crashes: what fails on a machine that is too busy is tried once more.
    retry: 1,
    env: { NO_COLOR: '1' },
  },
})
