import { defineConfig } from 'vitest/config'

const common = {
  testTimeout: 30_000,
  hookTimeout: 30_000,
  // Real servers, processes and crashes: what fails on a machine that is too busy is tried once more.
  retry: 1,
  env: { NO_COLOR: '1' },
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      // Tests of parts leave nothing behind, and share the modules that they load.
      { test: { ...common, name: 'parts', include: ['src/**/*.test.ts'], isolate: false } },
      { test: { ...common, name: 'whole', include: ['test/**/*.test.ts'] } },
    ],
  },
})
