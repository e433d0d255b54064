import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Real servers, processes and crashes: what fails on a machine that is too busy is tried once more.
    retry: 1,
    maxWorkers: 2,
    env: { NO_COLOR: '1' },
  },
})
